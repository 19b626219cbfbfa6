-- Rows of auth.users hold password hashes and tokens.
begin;
select plan(2);

select throws_ok(
  $$select public.workflow_attach('auth.users')$$,
  'PT422',
  'Cannot attach auth.users: a table of schema auth shows only the columns that are listed',
  'without a list it is refused'
);

select lives_ok(
  $$select public.workflow_attach('auth.users', columns => '{id,email}')$$,
  'with a list it is captured'
);

select * from finish();
rollback;
