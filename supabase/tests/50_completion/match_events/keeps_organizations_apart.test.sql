begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "order.paid", "look_back": "1 hour"}', organization_id => 'a') as run;
select public.workflow_emit('order.paid', '{"of": "b"}', organization_id => 'b');
select public.workflow_emit('order.paid', '{"of": null}');
select test.work_off();

select is((test.log_of(run, 'ask')).status, 'waiting', 'neither another organization''s event nor one of none counts') from given;
select public.workflow_emit('order.paid', '{"of": "a"}', organization_id => 'a');
select test.work_off();
select is((test.log_of(run, 'ask')).output #> '{event,payload,of}', '"a"', 'its own does') from given;

select * from finish();
rollback;
