-- Whether a pause keeps this action log from being claimed.
create or replace function workflow_engine.is_paused(
  run_id uuid,
  workflow_id uuid,
  workflow_version integer,
  workflow_action_id uuid
)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return exists (
    select from public.workflow_run r where r.id = is_paused.run_id and r.status = 'paused'
  ) or exists (
    select from workflow_engine.pause p
    where p.workflow_id = is_paused.workflow_id or p.action_type = (
      select a.action_type from workflow_engine.action_version a
      where a.workflow_id = is_paused.workflow_id and a.version = is_paused.workflow_version
        and a.workflow_action_id = is_paused.workflow_action_id
    )
  );
end;
$$;

comment on function workflow_engine.is_paused(uuid, uuid, integer, uuid) is
  'Whether the run, the workflow or the action type of an action log is paused.';

-- Lets go of what no pause holds any more, of these runs or, for null, of all.
create or replace function workflow_engine.release_held(run_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform from public.workflow_action_logs l
  where l.is_held and (release_held.run_ids is null or l.run_id = any (release_held.run_ids))
  order by l.id
  for update;
  update public.workflow_action_logs l
  set is_held = false
  where l.is_held
    and (release_held.run_ids is null or l.run_id = any (release_held.run_ids))
    and not workflow_engine.is_paused(l.run_id, l.workflow_id, l.workflow_version, l.workflow_action_id);
  if found then
    perform workflow_engine.request_wake();
  end if;
end;
$$;

comment on function workflow_engine.release_held(uuid[]) is
  'Lets go of the held action logs that no pause holds any more.';

-- Pauses those of these runs that are running; returns them.
create or replace function workflow_engine.pause_runs(run_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_paused uuid[];
begin
  perform from public.workflow_run r where r.id = any (pause_runs.run_ids) order by r.id for update;
  with paused as (
    update public.workflow_run r
    set status = 'paused'
    where r.id = any (pause_runs.run_ids) and r.status = 'running'
    returning r.id
  )
  select coalesce(array_agg(p.id), '{}') into v_paused from paused p;
  return v_paused;
end;
$$;

comment on function workflow_engine.pause_runs(uuid[]) is 'Pauses the running ones of these runs; returns them.';

-- Lets those of these runs that are paused go on; returns them.
create or replace function workflow_engine.resume_runs(run_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_resumed uuid[];
begin
  perform from public.workflow_action_logs l
  where l.is_held and l.run_id = any (resume_runs.run_ids)
  order by l.id
  for update;
  perform from public.workflow_run r where r.id = any (resume_runs.run_ids) order by r.id for update;
  with resumed as (
    update public.workflow_run r
    set status = 'running'
    where r.id = any (resume_runs.run_ids) and r.status = 'paused'
    returning r.id
  )
  select coalesce(array_agg(p.id), '{}') into v_resumed from resumed p;
  perform workflow_engine.release_held(v_resumed);
  perform workflow_engine.advance_runs(v_resumed);
  return v_resumed;
end;
$$;

comment on function workflow_engine.resume_runs(uuid[]) is 'Lets the paused ones of these runs go on; returns them.';

-- Pauses a workflow or an action type, or lets it go on; returns whether that changed anything.
create or replace function workflow_engine.set_pause(workflow_id uuid, action_type text, is_paused boolean)
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_changed boolean;
begin
  if set_pause.is_paused then
    insert into workflow_engine.pause (workflow_id, action_type)
    values (set_pause.workflow_id, set_pause.action_type)
    on conflict do nothing;
    return found;
  end if;
  delete from workflow_engine.pause p
  where p.workflow_id is not distinct from set_pause.workflow_id
    and p.action_type is not distinct from set_pause.action_type;
  v_changed := found;
  perform workflow_engine.release_held(null);
  return v_changed;
end;
$$;

comment on function workflow_engine.set_pause(uuid, text, boolean) is
  'Pauses a workflow or an action type, or lets it go on; returns whether that changed anything.';
