begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "role": "finance", "tokens": []}') as run;
select public.workflow_reject(id, 'Too much', 'Ada') from public.workflow_approval;
create temporary table told on commit drop as
select e from given, jsonb_array_elements(public.workflow_timeline(run) -> 'entries') e;

select is(
  (select e - 'at' - 'action_id' - 'approval_id' - 'expires_at' from told where e ->> 'kind' = 'approval_requested'),
  '{"kind": "approval_requested", "action": "ask", "role": "finance", "message": "Well?"}',
  'the question'
);
select is(
  (select e - 'at' - 'action_id' - 'approval_id' from told where e ->> 'kind' = 'rejected'),
  '{"kind": "rejected", "action": "ask", "attempt": 1, "actor": "Ada", "reason": "Too much"}',
  'and the answer'
);

select * from finish();
rollback;
