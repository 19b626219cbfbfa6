-- Every function of the engine against every API role.
begin;
select plan(2);

select set_eq(
  $$
    select r.role, p.oid::regprocedure::text as function_name
    from pg_catalog.pg_proc p
    cross join unnest(array['anon', 'authenticated', 'service_role']) r (role)
    where (p.pronamespace = 'workflow_engine'::regnamespace or p.pronamespace = 'public'::regnamespace and p.proname like 'workflow\_%')
      and has_function_privilege(r.role, p.oid, 'execute')
  $$,
  $$
    values
      ('service_role', 'workflow_claim(text,integer,integer)'),
      ('service_role', 'workflow_report(text,jsonb,jsonb,integer,integer)'),
      ('service_role', 'workflow_emit(text,jsonb,text,text,text,text)'),
      ('service_role', 'workflow_action_log_cron()'),
      ('service_role', 'workflow_doctor()'),
      ('service_role', 'workflow_check(jsonb)'),
      ('service_role', 'workflow_deploy(jsonb)'),
      ('service_role', 'workflow_export(uuid,integer)'),
      ('service_role', 'workflow_versions(uuid)'),
      ('service_role', 'workflow_compare(uuid,integer,integer)'),
      ('service_role', 'workflow_restore(uuid,integer)'),
      ('service_role', 'workflow_signal(uuid,text,jsonb,text)'),
      ('service_role', 'workflow_answer(uuid,integer,jsonb)'),
      ('service_role', 'workflow_read_approval(text)'),
      ('service_role', 'workflow_decide(text,text,text)'),
      ('service_role', 'workflow_approve(uuid,text,text)'),
      ('authenticated', 'workflow_approve(uuid,text,text)'),
      ('service_role', 'workflow_reject(uuid,text,text)'),
      ('authenticated', 'workflow_reject(uuid,text,text)'),
      ('service_role', 'workflow_timeline(uuid)'),
      ('authenticated', 'workflow_timeline(uuid)'),
      ('service_role', 'workflow_pause(uuid,uuid,text,text,text)'),
      ('service_role', 'workflow_resume(uuid,uuid,text,text,text)'),
      ('service_role', 'workflow_stop(uuid,uuid,text,text,text,text)'),
      ('service_role', 'workflow_retry(uuid,text,text)'),
      ('service_role', 'workflow_replay(uuid,text,jsonb,text,text,text)'),
      ('service_role', 'workflow_bulk(text,jsonb,boolean,integer,text,text)'),
      ('service_role', 'workflow_engine.clock()'),
      ('service_role', 'workflow_engine.new_id()'),
      ('service_role', 'workflow_engine.is_event_name(text)')
  $$,
  'what is granted is in the matrix, and the other way round'
);

select is_empty(
  $$
    select r.role, p.privilege
    from unnest(array['anon', 'authenticated', 'service_role']) r (role), unnest(array['usage', 'create']) p (privilege)
    where has_schema_privilege(r.role, 'workflow_engine', p.privilege)
  $$,
  'the schema workflow_engine is nobody''s'
);

select * from finish();
rollback;
