begin;
select plan(2);

select test.create_workflow('started', trigger => 'order.paid');
create temporary table given on commit drop as select test.start_wait('{"kind": "event", "event": "order.paid"}') as run;
create temporary table emitted on commit drop as select public.workflow_emit('order.paid') as answer;
select test.work_off();

select is((test.log_of(run, 'ask')).output #> '{event,id}', answer -> 'event_id', 'it is the answer') from given, emitted;
select is(test.run_status((answer #>> '{runs,0,id}')::uuid), 'completed', 'and begins a run as well') from emitted;

select * from finish();
rollback;
