begin;
select plan(3);

select is(
  test.error_of($$select public.workflow_approve('00000000-0000-7000-8000-000000000000')$$) - 'hint',
  '{"code": "PT404", "message": "There is no approval 00000000-0000-7000-8000-000000000000", "details": "approval.unknown"}',
  'by its id'
);
select test.act_as('authenticated', '{"organization_id": "a"}');
select is(
  test.error_of($$select public.workflow_approve('00000000-0000-7000-8000-000000000000')$$) ->> 'code', 'PT404', 'a member, too'
);
select is(test.error_of('select public.workflow_approve(null)') ->> 'message', 'There is no approval null', 'by none');

select * from finish();
rollback;
