begin;
select plan(1);

select public.workflow_emit('order.paid', '{"n": 1}');
select test.create_workflow('w', '{1}', 'order.paid');
select public.workflow_emit('order.paid', '{"n": 2}');
select test.deploy('[{"name": "ask", "action_type": "wait_for_event", "payload": {"event": "order.paid"}}]', '{"name": "waits"}');
select public.workflow_emit('order.paid', '{"n": 3}');
select public.workflow_emit('order.sent', '{"n": 4}');

select results_eq(
  'select e.payload from workflow_engine.awaited_event e', $$values (jsonb '{"n": 3}')$$, 'from then on when it does'
);

select * from finish();
rollback;
