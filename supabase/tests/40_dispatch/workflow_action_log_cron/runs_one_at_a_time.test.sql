-- Two sessions are a Deno test; here its lock is shown to be held until the end of the transaction.
begin;
select plan(1);

select public.workflow_action_log_cron();

select results_eq(
  $$select count(*), bool_and(granted) from pg_catalog.pg_locks where locktype = 'advisory' and pid = pg_backend_pid()$$,
  'values (1::bigint, true)',
  'the tick holds one advisory lock'
);

select * from finish();
rollback;
