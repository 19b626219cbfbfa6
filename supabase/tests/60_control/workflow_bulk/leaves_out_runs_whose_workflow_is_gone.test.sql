begin;
select plan(3);

select test.create_workflow('gone');
create temporary table given on commit drop as select test.start_run() as run;
select public.workflow_stop(run) from given;
delete from public.workflow;
select test.create_workflow('w');
select test.start_run();
select test.work_off('{"a": {"status": "failed", "final": true}}');

select is(
  public.workflow_bulk(o.operation, '{"created_after": "2000-01-01", "limit": 1}') -> 'matched', '1', 'what can be repeated is not behind it: ' || o.operation
)
from unnest(array['retry', 'replay']) o (operation);
select public.workflow_bulk('retry', '{"created_after": "2000-01-01"}', dry_run => false);
select is(test.run_status(run), 'stopped', 'it stays as it was') from given;

select * from finish();
rollback;
