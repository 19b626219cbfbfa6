begin;
select plan(2);

select is(
  test.error_of($$select public.workflow_read_approval('guess')$$) - 'hint',
  '{"code": "PT404", "message": "There is no approval with this link", "details": "approval.unknown"}',
  'without a word about others'
);
select test.act_as('authenticated', '{"organization_id": "a"}');
select throws_ok($$select public.workflow_read_approval('guess')$$, '42501', null, 'nor may a member try');

select * from finish();
rollback;
