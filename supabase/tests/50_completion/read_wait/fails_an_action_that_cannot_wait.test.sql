-- A bad text fails its own action, finally, and nothing else of its report.
begin;
select plan(3);

select test.create_workflow('w', array_fill(1, array[9]));
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{
  "a": {"status": "waiting", "wait": {"kind": "sleep", "duration": "a while"}},
  "b": {"status": "waiting", "wait": {"kind": "sleep", "duration": "-1 hour"}},
  "c": {"status": "waiting", "wait": {"kind": "sleep", "until": "tomorrow"}},
  "d": {"status": "waiting", "wait": {"kind": "sleep"}},
  "e": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid", "timeout": "soon"}},
  "f": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid", "look_back": "11 years"}},
  "g": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "tokens": [], "expires_in": "P"}},
  "h": {"status": "waiting", "wait": {"kind": "godot"}}
}');

select results_eq(
  $$select l.name, (l.log).error from given, test.logs(run) l where (l.log).final and (l.log).status = 'failed' order by l.name$$,
  $$values
    ('a', 'Cannot wait: invalid input syntax for type interval: "a while"'),
    ('b', 'Cannot wait: "-1 hour" is not between no time and ten years'),
    ('c', 'Cannot wait: "tomorrow" is no time such as "2030-01-31T09:00:00+01:00"'),
    ('d', 'Cannot wait: null is no time such as "2030-01-31T09:00:00+01:00"'),
    ('e', 'Cannot wait: invalid input syntax for type interval: "soon"'),
    ('f', 'Cannot wait: "11 years" is not between no time and ten years'),
    ('g', 'Cannot wait: invalid input syntax for type interval: "P"'),
    ('h', 'Cannot wait: "godot" is nothing that an action can wait for')$$,
  'each says what was wrong'
);
select is(test.statuses(run) ->> 'i', 'completed', 'what was reported with them counts') from given;
select is((select count(*) from public.workflow_history where kind = 'attempt_failed'), 8::bigint, 'and the history has each');

select * from finish();
rollback;
