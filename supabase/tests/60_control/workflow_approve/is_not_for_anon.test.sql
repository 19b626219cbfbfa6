begin;
select plan(3);

select test.start_wait('{"kind": "approval", "message": "Well?", "tokens": []}');
create temporary table asked on commit drop as select id from public.workflow_approval;
grant select on asked to anon;
select test.act_as('anon');

select throws_ok(
  format('select public.workflow_approve(%L)', id), '42501', 'permission denied for function workflow_approve', 'to approve'
)
from asked;
select throws_ok(
  format('select public.workflow_reject(%L)', id), '42501', 'permission denied for function workflow_reject', 'nor to reject'
)
from asked;
select throws_ok('select from public.workflow_approval', '42501', 'permission denied for table workflow_approval', 'nor to look');

select * from finish();
rollback;
