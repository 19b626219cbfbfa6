-- Has the children stopped that these action logs, which were stopped, have started and waited for.
create or replace function workflow_engine.drop_children(log_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  insert into workflow_engine.unneeded_child (run_id)
  select r.id
  from public.workflow_action_logs l
  join public.workflow_run r on r.parent_run_id = l.run_id and r.parent_action_log_id = l.id
  where l.id = any (drop_children.log_ids) and l.status = 'stopped' and r.completed_at is null
  order by r.id
  on conflict do nothing;
  if found then
    perform workflow_engine.request_wake();
  end if;
end;
$$;

comment on function workflow_engine.drop_children(uuid[]) is
  'Has the children of stopped action logs stopped by the next claim.';

-- Stops children that nobody needs, unless somebody holds any of them; says whether it did. What it waits for it
-- gives back soon, because a report that claims holds runs already.
create or replace function workflow_engine.stop_unneeded_runs(run_ids uuid[])
returns boolean
language plpgsql
set search_path = ''
set lock_timeout = '100ms'
as $$
begin
  if not workflow_engine.lock_all_items(workflow_engine.with_descendants(stop_unneeded_runs.run_ids), null) then
    raise exception using errcode = 'object_in_use', message = 'An action of the runs is being reported';
  end if;
  perform workflow_engine.stop_and_record(stop_unneeded_runs.run_ids, 'The action that started it was stopped', null);
  return true;
exception
  when object_in_use or lock_not_available then
    return false;
end;
$$;

comment on function workflow_engine.stop_unneeded_runs(uuid[]) is
  'Stops children and what they have started, unless somebody holds any of that; says whether it did.';

-- Stops the children that nobody needs any more: all together, or, where somebody holds one of them, each by itself,
-- for half a second. What could not be stopped is tried again a second later.
create or replace function workflow_engine.stop_unneeded_children()
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '500 ms';
  v_children uuid[] := array(
    select c.run_id
    from workflow_engine.unneeded_child c
    where c.stop_at <= clock_timestamp() and c.marked_by <> pg_current_xact_id()
    order by c.run_id
    limit 500
    for update skip locked
  );
  v_child uuid;
  v_done uuid[] := array[]::uuid[];
begin
  if v_children = '{}' then
    return;
  end if;
  if workflow_engine.stop_unneeded_runs(v_children) then
    v_done := v_children;
  else
    foreach v_child in array v_children loop
      exit when clock_timestamp() >= v_until;
      if workflow_engine.stop_unneeded_runs(array[v_child]) then
        v_done := v_done || v_child;
      end if;
    end loop;
  end if;
  delete from workflow_engine.unneeded_child c where c.run_id = any (v_done);
  update workflow_engine.unneeded_child c
  set stop_at = clock_timestamp() + interval '1 second'
  where c.run_id = any (v_children);
end;
$$;

comment on function workflow_engine.stop_unneeded_children() is
  'Stops the children whose parents have stopped the actions that waited for them.';
