begin;
select plan(1);

select test.create_workflow('started by it', trigger => 'go');
create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "go"}') as run;
select public.workflow_signal(run, 'go') from given;
select test.work_off();

select is((select count(*) from public.workflow_run), 1::bigint, 'although one waits for an event of that name');

select * from finish();
rollback;
