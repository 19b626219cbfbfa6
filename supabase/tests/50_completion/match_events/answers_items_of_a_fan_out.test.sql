begin;
select plan(2);

select test.deploy('[
  {"name": "each", "action_type": "wait_for_event", "for_each": "$.event.ids", "payload": {"event": "order.paid", "match": {"id": "{{ $.item }}"}}}
]');
create temporary table given on commit drop as select test.start_run('{"ids": [7, 8]}') as run;
select test.work_off('{
  "each[0]": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid", "match": {"id": 7}}},
  "each[1]": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid", "match": {"id": 8}}}
}');
select public.workflow_emit('order.paid', '{"id": 8}');
select test.work_off();

select is(test.items(run), array['waiting', 'completed'], 'each its own') from given;
select public.workflow_emit('order.paid', '{"id": 7}');
select test.work_off();
select is(
  jsonb_path_query_array((test.log_of(run, 'each')).output, '$[*].event.payload.id'), '[7, 8]', 'and all of them end the action'
)
from given;

select * from finish();
rollback;
