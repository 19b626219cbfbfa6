begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "order.paid", "timeout": "1 hour"}') as run;

select is(
  (select e - 'at' - 'action_id' - 'until' from given, jsonb_array_elements(public.workflow_timeline(run) -> 'entries') e where e ->> 'kind' = 'action_waiting'),
  '{"kind": "action_waiting", "action": "ask", "attempt": 1, "waits_for": "event"}',
  'what'
);
select is(
  (select (e ->> 'until')::timestamptz from jsonb_array_elements(public.workflow_timeline(run) -> 'entries') e where e ->> 'kind' = 'action_waiting'),
  (test.log_of(run, 'ask')).execute_at,
  'and until when'
)
from given;

select * from finish();
rollback;
