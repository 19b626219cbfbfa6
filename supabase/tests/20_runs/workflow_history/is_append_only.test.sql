begin;
select plan(3);

insert into public.workflow_history (kind, error) values ('attempt_failed', 'x');

select throws_ok(
  'update public.workflow_history set error = null',
  'PT403',
  'Cannot change workflow_history: it is append-only',
  'even its owner cannot change it'
);

select throws_ok(
  'delete from public.workflow_history',
  'PT403',
  'Cannot change workflow_history: it is append-only',
  'nor delete from it'
);

select throws_ok(
  'truncate public.workflow_history',
  'PT403',
  'Cannot change workflow_history: it is append-only',
  'nor empty it'
);

select * from finish();
rollback;
