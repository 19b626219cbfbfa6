-- A handler of the applications own chose the event: no definition names it.
begin;
select plan(3);

create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "my_own", "payload": {}}]'), test.start_run() as run;
select public.workflow_emit('job.done', '{"n": 1}');
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "event", "event": "job.done"}}}');
select public.workflow_emit('job.done', '{"n": 2}');
select public.workflow_emit('job.begun', '{"n": 3}');
select test.work_off();

select is((test.log_of(run, 'ask')).output #> '{event,payload}', '{"n": 2}', 'it answers the action') from given;
select public.workflow_emit('job.done', '{"n": 4}');
create temporary table later on commit drop as select test.start_run() as run;
select public.workflow_emit('job.done', '{"n": 5}');
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "event", "event": "job.done"}}}');
select is((test.log_of(run, 'ask')).output #> '{event,payload}', '{"n": 5}', 'from then on also one that comes before the next begins to wait') from later;
select results_eq('select distinct e.name from workflow_engine.awaited_event e', $$values ('job.done')$$, 'no other event is kept');

select * from finish();
rollback;
