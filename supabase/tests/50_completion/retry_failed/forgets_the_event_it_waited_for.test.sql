-- An application failed the attempt that waited for it; the next one waits for something else.
begin;
select plan(4);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "order.paid"}') as run;
update public.workflow_action_logs l set status = 'failed', error = 'Not today' from given where l.run_id = run;
select public.workflow_action_log_cron();
select is_empty('select from workflow_engine.event_wait', 'nobody waits for the event any more');
select test.travel('1 hour');
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "callback", "timeout": "7 days"}}}');
select public.workflow_emit('order.paid');
select test.work_off();

select is((test.log_of(run, 'ask')).status, 'waiting', 'it answers nothing') from given;
select is_empty('select from workflow_engine.awaited_event where is_new', 'and is done with');
select test.travel('1 day');
select is(test.age_marks(), false, 'so that nobody looks again and again');

select * from finish();
rollback;
