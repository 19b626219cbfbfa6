create or replace function workflow_engine.refuse_unknown_run(run_id uuid)
returns void
language sql
set search_path = ''
as $$
  select workflow_engine.raise_error(
    'PT404', 'run.unknown', format('There is no run %s', coalesce(refuse_unknown_run.run_id::text, 'null')),
    'Look at public.workflow_run for those there are.'
  );
$$;

comment on function workflow_engine.refuse_unknown_run(uuid) is 'Raises PT404 for a run.';

-- The run of that id. Whoever may call what calls this may reach every run, in a function of theirs, too, that
-- signed-in users call.
create or replace function workflow_engine.get_run(run_id uuid)
returns public.workflow_run
language plpgsql
stable
set search_path = ''
as $$
declare
  v_run public.workflow_run;
begin
  select * into v_run from public.workflow_run r where r.id = get_run.run_id;
  if not found then
    perform workflow_engine.refuse_unknown_run(get_run.run_id);
  end if;
  return v_run;
end;
$$;

comment on function workflow_engine.get_run(uuid) is 'A run by its id; raises PT404 for an unknown one.';

-- Refuses what a run in this status cannot take.
create or replace function workflow_engine.refuse_run(verb text, run public.workflow_run, hint text)
returns void
language sql
set search_path = ''
as $$
  select workflow_engine.raise_error(
    'PT409', 'run.wrong_status',
    format('Cannot %s run %s: it is %s', refuse_run.verb, (refuse_run.run).id, (refuse_run.run).status),
    refuse_run.hint
  );
$$;

comment on function workflow_engine.refuse_run(text, public.workflow_run, text) is
  'Raises PT409 that names a run''s status.';

-- Sends an event to one run: it answers the run's action that waits for an event of this name, now or
-- later, and starts no workflow. Security definer because the Data API's roles may not reach
-- workflow_engine; only service_role may execute it.
create or replace function public.workflow_signal(run_id uuid, name text, payload jsonb default '{}', actor text default null)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_run public.workflow_run := workflow_engine.get_run(workflow_signal.run_id);
  v_event public.workflow_event;
begin
  perform workflow_engine.check_event('send signal', workflow_signal.name, workflow_signal.payload);
  if v_run.completed_at is not null then
    perform workflow_engine.refuse_run('signal', v_run, 'Only a run that has not ended can take a signal.');
  end if;
  insert into public.workflow_event (
    organization_id, name, payload, source, related_table, related_table_pkey, run_id, expanded_at
  )
  values (
    v_run.organization_id, workflow_signal.name, workflow_signal.payload, 'signal',
    v_run.related_table, v_run.related_table_pkey, v_run.id, workflow_engine.clock()
  )
  returning * into v_event;
  insert into workflow_engine.awaited_event (event_id, organization_id, name, payload, run_id, occurred_at)
  values (v_event.id, v_event.organization_id, v_event.name, v_event.payload, v_event.run_id, v_event.occurred_at);
  insert into public.workflow_history (organization_id, workflow_id, run_id, kind, actor, detail)
  values (v_run.organization_id, v_run.workflow_id, v_run.id, 'signaled',
    workflow_engine.named_actor(workflow_signal.actor),
    jsonb_build_object('event_id', v_event.id, 'name', v_event.name));
  perform workflow_engine.request_wake();
  return jsonb_build_object('event_id', v_event.id);
end;
$$;

comment on function public.workflow_signal(uuid, text, jsonb, text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Sends an event to one run, for its wait_for_event of that name; returns {"event_id"}. Raises PT404 for an unknown run, PT409 for one that has ended, PT422 for a payload that is no object.';
