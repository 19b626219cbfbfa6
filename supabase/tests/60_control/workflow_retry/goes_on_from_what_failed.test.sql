begin;
select plan(5);

select test.create_workflow('w', '{1,2,3}');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"a": {"output": 1}, "b": {"status": "failed", "final": true, "error": "No"}}');

select is(public.workflow_retry(run), '{"status": "running"}', 'it says so') from given;
select is(test.run_status(run), 'running', 'the same run') from given;
select is(test.work_off('{"b": {"output": 2}}'), 2, 'does what failed, and what follows') from given;
select is(test.run_status(run), 'completed', 'to its end') from given;
select results_eq(
  'select l.name, (l.log).attempt, (l.log).output, (l.log).error from given, test.logs(run) l order by l.name',
  $$values ('a', 1, jsonb '1', null), ('b', 2, '2', null), ('c', 1, null, null)$$,
  'what was good stays as it was'
);

select * from finish();
rollback;
