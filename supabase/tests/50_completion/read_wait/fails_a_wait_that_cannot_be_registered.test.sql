-- Members of other types than the contract's would break the registration, and with it the whole report.
begin;
select plan(2);

select test.create_workflow('w', array_fill(1, array[17]));
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{
  "a": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid", "match": []}},
  "b": {"status": "waiting", "wait": {"kind": "approval", "tokens": []}},
  "c": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "details": "none"}},
  "d": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "tokens": {}}},
  "e": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "tokens": [{"recipient": "eve", "hash": "abc"}]}},
  "f": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "tokens": [{}]}},
  "g": {"status": "waiting", "wait": {"kind": "run", "workflow": "w", "input": null}},
  "h": {"status": "waiting", "wait": {"kind": "run", "workflow": "w", "wait": "perhaps"}},
  "i": {"status": "waiting", "wait": {"kind": "run", "workflow": "w", "on_failure": "cry"}},
  "j": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?"}},
  "k": {"status": "waiting", "wait": {"kind": "run", "workflow": "w"}},
  "l": {"status": "waiting", "wait": {"kind": "sleep", "duration": null}},
  "m": {"status": "waiting", "wait": {"kind": "run", "workflow": "w", "on_failure": ["fail"]}},
  "n": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "tokens": [[{
    "recipient": "eve", "hash": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
  }]]}},
  "o": {"status": "waiting", "wait": {"kind": "callback"}, "timeout_ms": null},
  "p": {"status": "waiting", "wait": {"kind": "callback"}, "timeout_ms": "5000"}
}');

select results_eq(
  $$select l.name, (l.log).error from given, test.logs(run) l where (l.log).final and (l.log).status = 'failed' order by l.name$$,
  $$values
    ('a', 'Cannot wait: its "match" is no object'),
    ('b', 'Cannot wait: its "message" is no text'),
    ('c', 'Cannot wait: its "details" is no object'),
    ('d', 'Cannot wait: its "tokens" is no array of {"recipient", "hash"}'),
    ('e', 'Cannot wait: its "tokens" is no array of {"recipient", "hash"}'),
    ('f', 'Cannot wait: its "tokens" is no array of {"recipient", "hash"}'),
    ('g', 'Cannot start workflow "w": its "input" is no object'),
    ('h', 'Cannot start workflow "w": its "wait" is no boolean'),
    ('i', 'Cannot start workflow "w": its "on_failure" is no "fail" or "continue"'),
    ('l', 'Cannot wait: its "duration" is no length of time'),
    ('m', 'Cannot start workflow "w": its "on_failure" is no "fail" or "continue"'),
    ('n', 'Cannot wait: its "tokens" is no array of {"recipient", "hash"}')$$,
  'each says what was wrong'
);
select results_eq(
  $$select l.name, (l.log).waits_for from given, test.logs(run) l where (l.log).status = 'waiting' order by l.name$$,
  $$values ('j', 'approval'), ('k', 'run'), ('o', 'callback'), ('p', 'callback')$$,
  'and those beside them wait'
);

select * from finish();
rollback;
