begin;
select plan(1);

select test.start_wait('{"kind": "approval", "message": "Well?", "tokens": []}', organization_id => 'a');
select test.act_as('authenticated', '{"organization_id": "a", "sub": "00000000-0000-4000-8000-000000000001"}');

select is(
  public.workflow_approve(a.id) ->> 'decided_by', '00000000-0000-4000-8000-000000000001', 'and names who it was'
)
from public.workflow_approval a;

select * from finish();
rollback;
