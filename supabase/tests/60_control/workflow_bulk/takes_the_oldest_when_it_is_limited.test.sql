begin;
select plan(1);

select test.create_workflow('w');
create temporary table given on commit drop as select n, test.start_run() as run from generate_series(1, 3) n;
select public.workflow_bulk('stop', '{"workflow": "w", "limit": 2}', false);

select is((select array_agg(test.run_status(run) order by n) from given), array['stopped', 'stopped', 'running'], 'and leaves the others for the next call');

select * from finish();
rollback;
