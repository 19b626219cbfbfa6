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

-- Some held action logs that no pause holds any more.
create or replace function workflow_engine.find_releasable(most integer)
returns uuid[]
language plpgsql
stable
set search_path = ''
as $$
begin
  return array(
    select l.id
    from public.workflow_action_logs l
    join public.workflow_run r on r.id = l.run_id
    join workflow_engine.action_version a
      on a.workflow_id = l.workflow_id and a.version = l.workflow_version
      and a.workflow_action_id = l.workflow_action_id
    where l.is_held and r.status <> 'paused'
      and not exists (
        select from workflow_engine.pause p where p.workflow_id = l.workflow_id or p.action_type = a.action_type
      )
    limit find_releasable.most
  );
end;
$$;

comment on function workflow_engine.find_releasable(integer) is
  'Held action logs that no pause holds any more, up to that many.';

-- Lets go of what no pause holds any more, in slices, for about two seconds, but of nothing that somebody else
-- holds just now.
create or replace function workflow_engine.release_held()
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '2 seconds';
  v_logs uuid[];
begin
  loop
    select array_agg(h.id) into v_logs
    from (
      select l.id
      from public.workflow_action_logs l
      where l.id = any (workflow_engine.find_releasable(2000)) and l.is_held
      for update skip locked
    ) h;
    exit when v_logs is null;
    update public.workflow_action_logs l set is_held = false where l.id = any (v_logs);
    perform workflow_engine.request_wake();
    exit when clock_timestamp() >= v_until;
  end loop;
end;
$$;

comment on function workflow_engine.release_held() is
  'Lets go of the held action logs that no pause holds any more, for about two seconds.';

-- Lets go of what resumes have left, until there is nothing.
create or replace function workflow_engine.release_leftovers()
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_requests uuid[] := array(select q.id from workflow_engine.release_request q);
begin
  if v_requests <> '{}' then
    perform workflow_engine.release_held();
    delete from workflow_engine.release_request q
    where q.id = any (v_requests) and workflow_engine.find_releasable(1) = '{}';
  end if;
end;
$$;

comment on function workflow_engine.release_leftovers() is
  'Lets go of the held action logs that resumes have left.';

-- The same for these runs, all at once.
create or replace function workflow_engine.release_runs(run_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_action_logs l
  set is_held = false
  where l.run_id = any (release_runs.run_ids) and l.is_held
    and not workflow_engine.is_paused(l.run_id, l.workflow_id, l.workflow_version, l.workflow_action_id);
  if found then
    perform workflow_engine.request_wake();
  end if;
end;
$$;

comment on function workflow_engine.release_runs(uuid[]) is
  'Lets go of the held action logs of these runs that no pause holds any more.';

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
  perform workflow_engine.release_runs(v_resumed);
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
  perform workflow_engine.release_held();
  if workflow_engine.find_releasable(1) <> '{}' then
    insert into workflow_engine.release_request default values;
  end if;
  return v_changed;
end;
$$;

comment on function workflow_engine.set_pause(uuid, text, boolean) is
  'Pauses a workflow or an action type, or lets it go on; returns whether that changed anything.';
