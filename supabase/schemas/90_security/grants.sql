-- The access matrix: who may do what. It begins by revoking everything, because the platform's default
-- privileges give every new object in public to everybody, and every new function to PUBLIC.
--
--                              anon   authenticated   service_role
--   workflow, workflow_action  -      select (own)    select, insert, update, delete
--   workflow_event             -      -               select
--   workflow_run, _history     -      select (own)    select
--   workflow_approval          -      select (own)    select
--   workflow_action_logs       -      select (own)    select; update of what reports
--   claim, report, emit, tick  -      -               execute
--   doctor                     -      -               execute
--   approve, reject            -      execute (own)   execute
--   timeline                   -      execute (own)   execute
--   signal, answer, decide,
--   read_approval, pause,
--   resume, stop, retry,
--   replay, bulk               -      -               execute
--   check, deploy, export,
--   versions, compare, restore -      -               execute
--   attach, detach, configure  -      -               -   (postgres alone: they change tables and Vault)
--   schema workflow_engine     -      -               -
do $$
declare
  v_object text;
begin
  for v_object in
    select format('%s %s', case when c.relkind = 'S' then 'sequence' else 'table' end, c.oid::regclass)
    from pg_catalog.pg_class c
    where (c.relnamespace = 'workflow_engine'::regnamespace and c.relkind in ('r', 'v', 'S'))
      or (c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v') and c.relname ~ '^workflow(_|$)')
  loop
    execute format('revoke all on %s from public, anon, authenticated, service_role', v_object);
  end loop;
  for v_object in
    select p.oid::regprocedure::text
    from pg_catalog.pg_proc p
    where p.pronamespace = 'workflow_engine'::regnamespace
      or (p.pronamespace = 'public'::regnamespace and p.proname ~ '^workflow_')
  loop
    execute format('revoke all on function %s from public, anon, authenticated, service_role', v_object);
  end loop;
end;
$$;

revoke all on schema workflow_engine from public, anon, authenticated, service_role;

-- Column defaults and constraints of the definitions' tables run as whoever writes them.
grant execute on function workflow_engine.clock() to service_role;

grant execute on function workflow_engine.new_id() to service_role;

grant execute on function workflow_engine.is_event_name(text) to service_role;

grant select on table public.workflow, public.workflow_action, public.workflow_run,
  public.workflow_action_logs, public.workflow_history, public.workflow_approval to authenticated;

grant select, insert, update, delete on table public.workflow, public.workflow_action to service_role;

grant select on table public.workflow_event, public.workflow_run, public.workflow_action_logs,
  public.workflow_history, public.workflow_approval to service_role;

grant update (status, output, error, meta) on table public.workflow_action_logs to service_role;

grant execute on function public.workflow_claim(text, integer, integer) to service_role;

grant execute on function public.workflow_report(text, jsonb, jsonb, integer, integer) to service_role;

grant execute on function public.workflow_emit(text, jsonb, text, text, text, text) to service_role;

grant execute on function public.workflow_action_log_cron() to service_role;

grant execute on function public.workflow_doctor() to service_role;

grant execute on function public.workflow_check(jsonb), public.workflow_deploy(jsonb),
  public.workflow_export(uuid, integer), public.workflow_versions(uuid),
  public.workflow_compare(uuid, integer, integer), public.workflow_restore(uuid, integer) to service_role;

grant execute on function public.workflow_approve(uuid, text, text), public.workflow_reject(uuid, text, text),
  public.workflow_timeline(uuid) to authenticated, service_role;

grant execute on function public.workflow_signal(uuid, text, jsonb, text), public.workflow_answer(uuid, integer, jsonb),
  public.workflow_read_approval(text), public.workflow_decide(text, text, text) to service_role;

grant execute on function public.workflow_pause(uuid, uuid, text, text, text),
  public.workflow_resume(uuid, uuid, text, text, text), public.workflow_stop(uuid, uuid, text, text, text, text),
  public.workflow_retry(uuid, text, text), public.workflow_replay(uuid, text, jsonb, text, text, text),
  public.workflow_bulk(text, jsonb, boolean, integer, text, text) to service_role;
