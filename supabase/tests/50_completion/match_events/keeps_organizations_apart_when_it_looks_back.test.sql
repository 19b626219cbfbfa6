begin;
select plan(1);

select test.deploy('[{"name": "ask", "action_type": "wait_for_event", "payload": {"event": "order.paid"}}]');
select public.workflow_emit('order.paid', '{"of": "b"}', organization_id => 'b');
create temporary table given on commit drop as
select (public.workflow_emit('test.happened', organization_id => 'a') #>> '{runs,0,id}')::uuid as run;
select public.workflow_emit('order.paid', '{"of": null}');
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid", "look_back": "1 hour"}}}');

select is((test.log_of(run, 'ask')).status, 'waiting', 'nothing of others is found') from given;

select * from finish();
rollback;
