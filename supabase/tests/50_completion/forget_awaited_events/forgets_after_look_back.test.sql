begin;
select plan(2);

select test.deploy('[{"name": "ask", "action_type": "wait_for_event", "payload": {"event": "order.paid"}}]');
select public.workflow_emit('order.paid', '{"n": 1}');
select test.travel('20 days');
select public.workflow_emit('order.paid', '{"n": 2}');
select test.travel('11 days');
select public.workflow_action_log_cron();

select results_eq('select e.payload from workflow_engine.awaited_event e', $$values (jsonb '{"n": 2}')$$, 'thirty days, at the tick');
update workflow_engine.settings set look_back = '1 day';
select public.workflow_action_log_cron();
select is_empty('select from workflow_engine.awaited_event', 'or what the settings say');

select * from finish();
rollback;
