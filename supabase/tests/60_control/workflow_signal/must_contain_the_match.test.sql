begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "go", "match": {"to": "b"}}') as run;
select public.workflow_signal(run, 'go', '{"to": "a"}') from given;
select test.work_off();
select is((test.log_of(run, 'ask')).status, 'waiting', 'as any event') from given;
select public.workflow_signal(run, 'go', '{"to": "b"}') from given;
select test.work_off();
select is((test.log_of(run, 'ask')).status, 'completed', 'then it is the answer') from given;

select * from finish();
rollback;
