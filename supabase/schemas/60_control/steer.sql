-- What somebody did to a run, at the time at which it begins to show.
create or replace function workflow_engine.record_control(
  kind text,
  run public.workflow_run,
  reason text,
  actor text,
  detail jsonb,
  at_time timestamptz
)
returns void
language sql
set search_path = ''
as $$
  insert into public.workflow_history (organization_id, workflow_id, run_id, kind, recorded_at, reason, actor, detail)
  values (
    (record_control.run).organization_id, (record_control.run).workflow_id, (record_control.run).id, record_control.kind,
    record_control.at_time, record_control.reason, workflow_engine.named_actor(record_control.actor), record_control.detail
  );
$$;

comment on function workflow_engine.record_control(text, public.workflow_run, text, text, jsonb, timestamptz) is
  'Adds what somebody did to a run to the history.';

create or replace function workflow_engine.check_one_target(verb text, targets integer)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if check_one_target.targets <> 1 then
    perform workflow_engine.raise_error(
      'PT422', 'control.target_invalid',
      format('Cannot %s: name exactly one thing, not %s', check_one_target.verb, check_one_target.targets),
      'Pass one argument by name, such as run_id => ''…''.'
    );
  end if;
end;
$$;

comment on function workflow_engine.check_one_target(text, integer) is
  'Raises PT422 unless exactly one target was given.';

-- Refuses a workflow or an action type that there is not. What is paused is known, even if nothing has it any more.
create or replace function workflow_engine.check_pausable(workflow_id uuid, action_type text)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if check_pausable.workflow_id is not null
    and not exists (select from public.workflow w where w.id = check_pausable.workflow_id)
  then
    perform workflow_engine.raise_error(
      'PT404', 'workflow.unknown', format('There is no workflow %s', check_pausable.workflow_id),
      'Look at public.workflow for those there are.'
    );
  elsif check_pausable.action_type is not null
    and not exists (select from workflow_engine.action_version a where a.action_type = check_pausable.action_type)
    and not exists (select from workflow_engine.pause p where p.action_type = check_pausable.action_type)
  then
    perform workflow_engine.raise_error(
      'PT404', 'action_type.unknown', format('No action has the type "%s"', check_pausable.action_type),
      coalesce(
        'There are ' || (select string_agg(distinct a.action_type, ', ') from public.workflow_action a) || '.',
        'There are no actions at all.'
      )
    );
  end if;
end;
$$;

comment on function workflow_engine.check_pausable(uuid, text) is
  'Raises PT404 for a workflow or an action type that there is not.';

-- Pauses a workflow or an action type, or lets it go on, and writes that down.
create or replace function workflow_engine.switch_pause(
  workflow_id uuid,
  action_type text,
  is_paused boolean,
  reason text,
  actor text
)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_workflow public.workflow;
begin
  perform workflow_engine.check_pausable(switch_pause.workflow_id, switch_pause.action_type);
  select * into v_workflow from public.workflow w where w.id = switch_pause.workflow_id;
  if not workflow_engine.set_pause(switch_pause.workflow_id, switch_pause.action_type, switch_pause.is_paused) then
    perform workflow_engine.raise_error(
      'PT409', 'pause.unchanged',
      format('Cannot %s %s: it is %s', case when switch_pause.is_paused then 'pause' else 'resume' end,
        coalesce('workflow "' || v_workflow.name || '"', 'action type "' || switch_pause.action_type || '"'),
        case when switch_pause.is_paused then 'paused already' else 'not paused' end),
      'Nothing has to be done.'
    );
  end if;
  insert into public.workflow_history (organization_id, workflow_id, kind, reason, actor, detail)
  values (
    v_workflow.organization_id, v_workflow.id, case when switch_pause.is_paused then 'paused' else 'resumed' end,
    switch_pause.reason, workflow_engine.named_actor(switch_pause.actor),
    jsonb_strip_nulls(jsonb_build_object('action_type', switch_pause.action_type))
  );
end;
$$;

comment on function workflow_engine.switch_pause(uuid, text, boolean, text, text) is
  'Pauses a workflow or an action type, or lets it go on; raises PT404 for an unknown one, PT409 when that changes nothing.';

-- Keeps a run, a workflow or an action type from going on; what is being executed ends. Security definer
-- because the Data API's roles may not reach workflow_engine; only service_role may execute it.
create or replace function public.workflow_pause(
  run_id uuid default null,
  workflow_id uuid default null,
  action_type text default null,
  reason text default null,
  actor text default null
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_run public.workflow_run;
begin
  perform workflow_engine.check_one_target('pause', num_nonnulls(workflow_pause.run_id, workflow_pause.workflow_id, workflow_pause.action_type));
  if workflow_pause.run_id is null then
    perform workflow_engine.switch_pause(workflow_pause.workflow_id, workflow_pause.action_type, true, workflow_pause.reason, workflow_pause.actor);
  else
    v_run := workflow_engine.get_run(workflow_pause.run_id);
    if workflow_engine.pause_runs(array[v_run.id]) = '{}' then
      perform workflow_engine.refuse_run('pause', workflow_engine.get_run(v_run.id), 'Only a running run can be paused.');
    end if;
    perform workflow_engine.record_control('paused', v_run, workflow_pause.reason, workflow_pause.actor, '{}', workflow_engine.clock());
  end if;
  return jsonb_build_object('status', 'paused');
end;
$$;

comment on function public.workflow_pause(uuid, uuid, text, text, text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Pauses one run, workflow or action type; returns {"status"}. Raises PT404 for an unknown id, PT409 for what is not running, PT422 unless one thing is named.';

-- Lets a run, a workflow or an action type go on. Security definer because the Data API's roles may not
-- reach workflow_engine; only service_role may execute it.
create or replace function public.workflow_resume(
  run_id uuid default null,
  workflow_id uuid default null,
  action_type text default null,
  reason text default null,
  actor text default null
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_run public.workflow_run;
begin
  perform workflow_engine.check_one_target('resume', num_nonnulls(workflow_resume.run_id, workflow_resume.workflow_id, workflow_resume.action_type));
  if workflow_resume.run_id is null then
    perform workflow_engine.switch_pause(workflow_resume.workflow_id, workflow_resume.action_type, false, workflow_resume.reason, workflow_resume.actor);
  else
    v_run := workflow_engine.get_run(workflow_resume.run_id);
    if workflow_engine.resume_runs(array[v_run.id]) = '{}' then
      perform workflow_engine.refuse_run('resume', workflow_engine.get_run(v_run.id), 'Only a paused run can be resumed.');
    end if;
    perform workflow_engine.record_control('resumed', v_run, workflow_resume.reason, workflow_resume.actor, '{}', v_now);
  end if;
  return jsonb_build_object('status', 'running');
end;
$$;

comment on function public.workflow_resume(uuid, uuid, text, text, text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Lets one paused run, workflow or action type go on; returns {"status"}. Raises PT404 for an unknown id, PT409 for what is not paused, PT422 unless one thing is named.';

-- Stops runs and their children and writes down each; returns how many of the given ones there were.
create or replace function workflow_engine.stop_and_record(run_ids uuid[], reason text, actor text)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_stopped uuid[] := workflow_engine.stop_runs(stop_and_record.run_ids);
begin
  perform workflow_engine.record_control('stopped', r, stop_and_record.reason, stop_and_record.actor, case
    when r.id = any (stop_and_record.run_ids) then '{}'
    else jsonb_build_object('parent_run_id', r.parent_run_id)
  end, r.completed_at)
  from public.workflow_run r
  where r.id = any (v_stopped);
  return (select count(*) from unnest(v_stopped) s (id) where s.id = any (stop_and_record.run_ids));
end;
$$;

comment on function workflow_engine.stop_and_record(uuid[], text, text) is
  'Stops runs and their children and adds that to the history; returns how many of the given ones there were.';

-- Stops what is named and writes that down; returns how many runs, or one action, that were.
create or replace function workflow_engine.stop_target(
  run_id uuid,
  action_id uuid,
  related_table text,
  related_table_pkey text,
  reason text,
  actor text
)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_log public.workflow_action_logs;
  v_stopped integer := 1;
begin
  if stop_target.action_id is not null then
    v_log := workflow_engine.stop_action(stop_target.action_id, stop_target.reason, stop_target.actor);
    insert into public.workflow_history (
      organization_id, workflow_id, run_id, action_log_id, action, item_index, kind, attempt, recorded_at, reason, actor
    )
    values (v_log.organization_id, v_log.workflow_id, v_log.run_id, v_log.id, workflow_engine.action_name(v_log), v_log.item_index,
      'stopped', v_log.attempt, v_log.completed_at, stop_target.reason, workflow_engine.named_actor(stop_target.actor));
  elsif stop_target.run_id is not null then
    v_stopped := workflow_engine.stop_and_record(
      array[(workflow_engine.get_run(stop_target.run_id)).id], stop_target.reason, stop_target.actor
    );
    if v_stopped = 0 then
      perform workflow_engine.refuse_run('stop', workflow_engine.get_run(stop_target.run_id), 'Only a run that has not ended can be stopped.');
    end if;
  else
    v_stopped := workflow_engine.stop_and_record(array(
      select r.id
      from public.workflow_run r
      where r.related_table = stop_target.related_table and r.related_table_pkey = stop_target.related_table_pkey
        and r.completed_at is null
    ), stop_target.reason, stop_target.actor);
  end if;
  return v_stopped;
end;
$$;

comment on function workflow_engine.stop_target(uuid, uuid, text, text, text, text) is
  'Stops a run, an action or all unfinished runs about a record; returns how many.';

-- Ends a run, an action, or all unfinished runs about a record. What is being executed is aborted at the
-- worker's next heartbeat, and its result refused. Begins anew where Postgres ends it because it and others wait for
-- each other. Security definer because the Data API's roles may not reach workflow_engine; only service_role may
-- execute it.
create or replace function public.workflow_stop(
  run_id uuid default null,
  action_id uuid default null,
  related_table text default null,
  related_table_pkey text default null,
  reason text default null,
  actor text default null
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_stopped integer;
begin
  perform workflow_engine.check_one_target('stop', num_nonnulls(
    workflow_stop.run_id, workflow_stop.action_id, coalesce(workflow_stop.related_table, workflow_stop.related_table_pkey)
  ) + (num_nonnulls(workflow_stop.related_table, workflow_stop.related_table_pkey) = 1)::integer);
  for v_try in 1..3 loop
    begin
      v_stopped := workflow_engine.stop_target(workflow_stop.run_id, workflow_stop.action_id, workflow_stop.related_table,
        workflow_stop.related_table_pkey, workflow_stop.reason, workflow_stop.actor);
      exit;
    exception
      when deadlock_detected then
        if v_try = 3 then
          raise;
        end if;
    end;
  end loop;
  return jsonb_build_object('stopped', v_stopped);
end;
$$;

comment on function public.workflow_stop(uuid, uuid, text, text, text, text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Stops one run with its children, one action, or all unfinished runs about a record; returns {"stopped"}. Raises PT404 for an unknown id, PT409 for what has ended, PT422 unless one thing is named.';

-- Refuses to begin a run again whose workflow was deleted: runs outlive it, its versions do not.
create or replace function workflow_engine.check_version(run public.workflow_run)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if not exists (
    select from workflow_engine.workflow_version v
    where v.workflow_id = (check_version.run).workflow_id and v.version = (check_version.run).workflow_version
  ) then
    perform workflow_engine.raise_error(
      'PT409', 'run.workflow_deleted',
      format('Cannot begin run %s again: it is %s, and its workflow was deleted', (check_version.run).id, (check_version.run).status),
      'Deploy the workflow anew and emit its event.'
    );
  end if;
end;
$$;

comment on function workflow_engine.check_version(public.workflow_run) is
  'Raises PT409 for a run whose workflow was deleted.';

-- Lets a run go on from where it broke and writes that down.
create or replace function workflow_engine.retry_and_record(run_id uuid, reason text, actor text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_run public.workflow_run := workflow_engine.get_run(retry_and_record.run_id);
begin
  perform workflow_engine.check_version(v_run);
  if workflow_engine.retry_runs(array[v_run.id], array[v_now]) = '{}' then
    v_run := workflow_engine.get_run(v_run.id);
    perform workflow_engine.refuse_run('retry', v_run, case
      when v_run.is_compensating then 'Its compensations had begun: repeat it as a new run with workflow_replay.'
      else 'Only a failed or stopped run can be retried.'
    end);
  end if;
  perform workflow_engine.record_control('retried', v_run, retry_and_record.reason, retry_and_record.actor, '{}', v_now);
end;
$$;

comment on function workflow_engine.retry_and_record(uuid, text, text) is
  'Lets a failed or stopped run go on and adds that to the history; raises PT404 or PT409 where that cannot be.';

-- Lets a failed or stopped run go on from where it broke. Begins anew where Postgres ends it because it and others
-- wait for each other. Security definer because the Data API's roles may not reach workflow_engine; only service_role
-- may execute it.
create or replace function public.workflow_retry(run_id uuid, reason text default null, actor text default null)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  for v_try in 1..3 loop
    begin
      perform workflow_engine.retry_and_record(workflow_retry.run_id, workflow_retry.reason, workflow_retry.actor);
      exit;
    exception
      when deadlock_detected then
        if v_try = 3 then
          raise;
        end if;
    end;
  end loop;
  return jsonb_build_object('status', 'running');
end;
$$;

comment on function public.workflow_retry(uuid, text, text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Lets a failed or stopped run go on in place from what failed or was stopped, keeping outputs; returns {"status"}. Raises PT404 for an unknown run, PT409 for one that runs, completed, or had begun to be compensated.';

-- Refuses what cannot be replayed so.
create or replace function workflow_engine.check_replay(run public.workflow_run, from_action text, input jsonb, version text)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_version integer := case check_replay.version
    when 'same' then (check_replay.run).workflow_version
    when 'latest' then (select w.version from public.workflow w where w.id = (check_replay.run).workflow_id)
  end;
  v_names text := (
    select string_agg(a.name, ', ' order by a."order", a.name)
    from workflow_engine.action_version a
    where a.workflow_id = (check_replay.run).workflow_id and a.version = v_version and not a.is_compensation
  );
begin
  perform workflow_engine.check_version(check_replay.run);
  if (check_replay.run).completed_at is null then
    perform workflow_engine.refuse_run('replay', check_replay.run, 'Wait for its end, or stop it first.');
  elsif v_version is null or jsonb_typeof(check_replay.input) <> 'object' then
    perform workflow_engine.raise_error(
      'PT422', 'replay.invalid', format('Cannot replay run %s: its version must be same or latest, its input an object', (check_replay.run).id),
      'Leave out what is to stay as it was.'
    );
  elsif check_replay.from_action is not null and (check_replay.from_action = any (string_to_array(v_names, ', '))) is not true then
    perform workflow_engine.raise_error(
      'PT422', 'replay.action_unknown',
      format('Cannot replay run %s from "%s": version %s has no such action', (check_replay.run).id, check_replay.from_action, v_version),
      coalesce('Its actions are ' || v_names || '.', 'It has no actions.')
    );
  end if;
end;
$$;

comment on function workflow_engine.check_replay(public.workflow_run, text, jsonb, text) is
  'Raises PT409 for a run that has not ended, PT422 for what cannot be replayed so.';

-- Repeats an ended run as a new one. Security definer because the Data API's roles may not reach
-- workflow_engine; only service_role may execute it.
create or replace function public.workflow_replay(
  run_id uuid,
  from_action text default null,
  input jsonb default null,
  version text default 'same',
  reason text default null,
  actor text default null
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_run public.workflow_run := workflow_engine.get_run(workflow_replay.run_id);
  v_new uuid[];
begin
  perform workflow_engine.check_replay(v_run, workflow_replay.from_action, workflow_replay.input, workflow_replay.version);
  v_new := workflow_engine.replay_runs(array[v_run.id], array[v_now],
    workflow_replay.from_action, workflow_replay.input, workflow_replay.version);
  perform workflow_engine.record_control('replayed', r, workflow_replay.reason, workflow_replay.actor,
    jsonb_build_object('run_id', v_run.id, 'new_run_id', v_new[1], 'from_action', workflow_replay.from_action), v_now)
  from public.workflow_run r
  where r.id in (v_run.id, v_new[1]);
  return jsonb_build_object('run_id', v_new[1]);
end;
$$;

comment on function public.workflow_replay(uuid, text, jsonb, text, text, text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Repeats an ended run as a new one, whole or from an action, with its input or another, on the same version or the latest; returns {"run_id"}. Raises PT404 for an unknown run, PT409 for one that has not ended, PT422 for an unknown action or version.';
