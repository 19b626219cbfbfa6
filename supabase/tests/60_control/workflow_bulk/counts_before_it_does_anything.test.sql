begin;
select plan(5);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run from generate_series(1, 3);

select is(
  public.workflow_bulk('stop', '{"workflow": "w"}'), '{"matched": 3, "affected": 0, "dry_run": true}', 'unless told otherwise'
);
select is((select count(*) from public.workflow_run where status = 'running'), 3::bigint, 'nothing has changed');
select is_empty($$select from public.workflow_history where kind = 'stopped'$$, 'and nothing is written down');
select is(
  public.workflow_bulk('stop', '{"workflow": "w"}', false), '{"matched": 3, "affected": 3, "dry_run": false}', 'then it does'
);
select is((select count(*) from public.workflow_run where status = 'stopped'), 3::bigint, 'all of it');

select * from finish();
rollback;
