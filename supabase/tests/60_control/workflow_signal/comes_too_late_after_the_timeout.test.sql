begin;
select plan(1);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "go", "timeout": "1 hour"}') as run;
select test.travel('61 minutes');
select public.workflow_signal(run, 'go') from given;
select test.work_off();

select is((test.log_of(run, 'ask')).output, '{"timed_out": true, "event": null}', 'as any event') from given;

select * from finish();
rollback;
