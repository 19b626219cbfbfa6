begin;
select plan(1);

select test.create_workflow('w', '{1,1,1}');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{
  "a": {"status": "waiting"},
  "b": {"status": "waiting", "timeout_ms": 60000},
  "c": {"status": "waiting", "wait": {"kind": "callback", "timeout": "2 hours"}}
}');

select results_eq(
  $$select l.name, (l.log).waits_for, date_trunc('minute', (l.log).execute_at - (l.log).started_at) from given, test.logs(run) l order by l.name$$,
  $$values ('a', 'callback', interval '7 days'), ('b', 'callback', '1 minute'), ('c', 'callback', '2 hours')$$,
  'for a week, unless it says how long'
);

select * from finish();
rollback;
