-- More events than are read in their order.
begin;
select plan(1);

create temporary table wait on commit drop as
select m.name, m.expected, jsonb_build_object('kind', 'event', 'event', 'order.paid', 'look_back', '1 day', 'match', m.match) as wait
from (values
  ('member', jsonb '{"id": 500}', jsonb '500'),
  ('oldest', '{"half": 1}', '301'),
  ('array', '{"tags": [400]}', '400'),
  ('none', '{"id": 500, "half": 0}', null)
) m (name, match, expected);
select test.deploy(jsonb_agg(jsonb_build_object(
  'name', w.name, 'action_type', 'wait_for_event', 'payload', jsonb '{"event": "order.paid"}'
)))
from wait w;
select count(public.workflow_emit('order.paid', jsonb_build_object('id', i, 'half', i / 301, 'tags', jsonb_build_array(i))))
from generate_series(1, 600) i;
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off((select jsonb_object_agg(w.name, jsonb_build_object('status', 'waiting', 'wait', w.wait)) from wait w));

select results_eq(
  $$select w.name, (test.log_of(run, w.name)).output #> '{event,payload,id}' from given, wait w order by 1$$,
  'select w.name, w.expected from wait w order by 1',
  'by what they say, or one after the other'
);

select * from finish();
rollback;
