begin;
select plan(3);

create temporary table given on commit drop as
select test.start_wait(jsonb_build_object('kind', 'approval', 'message', 'Well?', 'tokens', jsonb_build_array(
  jsonb_build_object('recipient', 'ada@example.com', 'hash', encode(sha256('for ada'), 'hex'))
))) as run;

select is(
  test.error_of(format('select public.workflow_approve(%L, %L)', id, repeat('y', 2001))) - 'hint',
  jsonb_build_object(
    'code', 'PT422', 'details', 'approval.comment_too_long', 'message', format('Cannot decide approval %s: the comment has more than 2,000 characters', id)
  ),
  'of a member'
)
from public.workflow_approval;
select is(
  test.error_of(format('select public.workflow_decide(%L, %L, %L)', 'for ada', 'rejected', repeat('y', 2001))) ->> 'code', 'PT422', 'or by a link'
);
select is(public.workflow_decide('for ada', 'approved', repeat('y', 2000)) ->> 'status', 'approved', 'a shorter one is taken');

select * from finish();
rollback;
