begin;
select plan(2);

select test.deploy('[
  {"name": "a", "action_type": "log", "continue_on_failure": true},
  {"name": "b", "action_type": "log", "condition": "$.event.b == true"},
  {"name": "c", "action_type": "log", "depends_on": []},
  {"name": "join", "action_type": "log", "depends_on": ["a", "b", "c"], "join_count": 3}
]');
create temporary table given on commit drop as select test.start_run() as run;

select test.work_off('{"c": {"status": "failed", "final": true}}');

select is(test.reasons(run) ->> 'join', 'dependency', 'when all have ended and too few completed, it is skipped') from given;
select is(test.run_status(run), 'failed', 'and the failure shows') from given;

select * from finish();
rollback;
