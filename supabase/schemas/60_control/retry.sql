-- The actions of ended runs that did not end well: failed for good without being tolerated, or stopped by a
-- person. What only undoes another action is none of them.
create or replace function workflow_engine.find_broken(run_ids uuid[])
returns table (id uuid, run_id uuid, workflow_id uuid, version integer, workflow_action_id uuid, has_items boolean)
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
    select l.id, l.run_id, l.workflow_id, l.workflow_version, l.workflow_action_id, f.run_id is not null
    from public.workflow_action_logs l
    join workflow_engine.action_version a
      on a.workflow_id = l.workflow_id and a.version = l.workflow_version
      and a.workflow_action_id = l.workflow_action_id
    left join workflow_engine.fan_out f on f.run_id = l.run_id and f.workflow_action_id = l.workflow_action_id
    where l.run_id = any (find_broken.run_ids)
      and l.item_index is null
      and not a.is_compensation
      and workflow_engine.judge(l.status, true, l.reason, a.continue_on_failure) = 'broken';
end;
$$;

comment on function workflow_engine.find_broken(uuid[]) is
  'The actions of ended runs that a retry repeats.';

-- Forgets what follows these broken actions, near or far, and was passed over or broke itself: it is decided
-- again when they have ended.
create or replace function workflow_engine.forget_followers(log_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_forgotten uuid[] := array(
    with recursive follower (run_id, workflow_id, version, workflow_action_id, is_follower) as (
      select l.run_id, l.workflow_id, l.workflow_version, l.workflow_action_id, false
      from public.workflow_action_logs l
      where l.id = any (forget_followers.log_ids)
      union
      select f.run_id, f.workflow_id, f.version, a.workflow_action_id, true
      from follower f
      join workflow_engine.action_version a
        on a.workflow_id = f.workflow_id and a.version = f.version and f.workflow_action_id = any (a.depends_on)
    )
    select l.id
    from follower f
    join public.workflow_action_logs l
      on l.run_id = f.run_id and l.workflow_action_id = f.workflow_action_id and l.item_index is null
    where f.is_follower and (l.status = 'skipped' or l.id = any (forget_followers.log_ids))
  );
begin
  delete from workflow_engine.fan_out f
  using public.workflow_action_logs l
  where l.id = any (v_forgotten) and f.run_id = l.run_id and f.workflow_action_id = l.workflow_action_id;
  delete from public.workflow_action_logs i
  using public.workflow_action_logs l
  where l.id = any (v_forgotten) and i.run_id = l.run_id and i.workflow_action_id = l.workflow_action_id;
end;
$$;

comment on function workflow_engine.forget_followers(uuid[]) is
  'Forgets the skipped and broken actions that follow these broken ones.';

-- Sends the items of fan-outs that did not end well back, the first max_concurrency of them to be due when
-- their run is. A fan-out whose items all ended well is put together anew.
create or replace function workflow_engine.retry_items(log_ids uuid[], run_ids uuid[], due_at timestamptz[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_action_logs l
  set status = 'not_started', final = false, tries = 0, reason = null, completed_at = null, http_status = null,
    meta = l.meta - 'reminder',
    execute_at = case when n.number <= n.max_concurrency then n.due_at else 'infinity' end
  from (
    select i.id, t.due_at, a.max_concurrency, row_number() over (partition by p.id order by i.item_index) as number
    from public.workflow_action_logs p
    join workflow_engine.action_version a
      on a.workflow_id = p.workflow_id and a.version = p.workflow_version
      and a.workflow_action_id = p.workflow_action_id
    join public.workflow_action_logs i
      on i.run_id = p.run_id and i.workflow_action_id = p.workflow_action_id and i.item_index is not null
    join unnest(retry_items.run_ids, retry_items.due_at) t (run_id, due_at) on t.run_id = p.run_id
    where p.id = any (retry_items.log_ids) and i.status in ('failed', 'stopped')
  ) n
  where l.id = n.id;
  update workflow_engine.fan_out f
  set failed = 0, released = f.total, is_retried = true, unfinished = n.unfinished
  from (
    select p.run_id, p.workflow_action_id, count(*) filter (where i.completed_at is null) as unfinished
    from public.workflow_action_logs p
    join public.workflow_action_logs i
      on i.run_id = p.run_id and i.workflow_action_id = p.workflow_action_id and i.item_index is not null
    where p.id = any (retry_items.log_ids)
    group by p.run_id, p.workflow_action_id
  ) n
  where f.run_id = n.run_id and f.workflow_action_id = n.workflow_action_id;
  perform workflow_engine.end_fan_outs(array(
    select f
    from public.workflow_action_logs p
    join workflow_engine.fan_out f on f.run_id = p.run_id and f.workflow_action_id = p.workflow_action_id
    where p.id = any (retry_items.log_ids) and f.unfinished = 0
  ), workflow_engine.clock());
end;
$$;

comment on function workflow_engine.retry_items(uuid[], uuid[], timestamptz[]) is
  'Sends the items of fan-outs that did not end well back to be claimed.';

-- Lets ended runs go on in place from what failed or was stopped; outputs stay. Each run has a time at which
-- that is due. Returns the runs.
create or replace function workflow_engine.retry_runs(run_ids uuid[], due_at timestamptz[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_runs uuid[];
  v_broken uuid[];
  v_fan_outs uuid[];
begin
  perform from public.workflow_action_logs l where l.run_id = any (retry_runs.run_ids) order by l.id for update;
  perform from public.workflow_run r where r.id = any (retry_runs.run_ids) order by r.id for update;
  with retried as (
    update public.workflow_run r
    set status = 'running', completed_at = null
    where r.id = any (retry_runs.run_ids) and r.status in ('failed', 'stopped') and not r.is_compensating
    returning r.id
  )
  select coalesce(array_agg(r.id), '{}') into v_runs from retried r;
  perform workflow_engine.forget_followers(array(select b.id from workflow_engine.find_broken(v_runs) b));
  select array_agg(b.id), array_agg(b.id) filter (where b.has_items) into v_broken, v_fan_outs
  from workflow_engine.find_broken(v_runs) b;
  update public.workflow_action_logs l
  set status = case when l.id = any (v_fan_outs) then 'waiting' else 'not_started' end,
    execute_at = case when l.id = any (v_fan_outs) then 'infinity' else t.due_at end,
    final = false, tries = 0, reason = null, completed_at = null, http_status = null, meta = l.meta - 'reminder'
  from unnest(retry_runs.run_ids, retry_runs.due_at) t (run_id, due_at)
  where l.id = any (v_broken) and l.run_id = t.run_id;
  perform workflow_engine.retry_items(v_fan_outs, retry_runs.run_ids, retry_runs.due_at);
  perform workflow_engine.advance_runs(v_runs);
  perform workflow_engine.request_wake();
  return v_runs;
end;
$$;

comment on function workflow_engine.retry_runs(uuid[], timestamptz[]) is
  'Lets failed and stopped runs go on from what failed or was stopped; returns those that do.';
