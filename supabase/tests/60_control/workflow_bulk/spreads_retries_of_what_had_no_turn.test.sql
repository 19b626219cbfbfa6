-- The runs were stopped between two actions: nothing is broken, and the second begins anew.
begin;
select plan(3);

select test.create_workflow('w', '{1,2}');
create temporary table given on commit drop as select test.start_run() as run from generate_series(1, 3);
create temporary table claimed on commit drop as select jsonb_array_elements(test.claim() -> 'claims') as claim;
select public.workflow_pause(run) from given;
select test.report(claim, '{"status": "completed"}') from claimed;
select public.workflow_stop(run) from given;
select public.workflow_bulk('retry', '{"workflow": "w"}', false, per_minute => 2);

select is(test.work_off(), 1, 'one now');
select test.travel('31 seconds');
select is(test.work_off(), 1, 'one half a minute later');
select test.travel('30 seconds');
select is(test.work_off(), 1, 'and so on');

select * from finish();
rollback;
