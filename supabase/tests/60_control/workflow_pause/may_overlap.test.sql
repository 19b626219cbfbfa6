begin;
select plan(4);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
select public.workflow_pause(run) from given;
select public.workflow_pause(workflow_id => id) from public.workflow;
select public.workflow_pause(action_type => 'log');

select is(test.work_off(), 0, 'three pauses');
select public.workflow_resume(run) from given;
select is(test.work_off(), 0, 'two are left');
select public.workflow_resume(action_type => 'log');
select is(test.work_off(), 0, 'one is left');
select public.workflow_resume(workflow_id => id) from public.workflow;
select is(test.work_off(), 1, 'the last one ends it');

select * from finish();
rollback;
