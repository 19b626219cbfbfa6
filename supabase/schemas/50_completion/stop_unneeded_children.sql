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

-- Stops a child that nobody needs, unless somebody holds any of it; says whether it is done. What it waits for it
-- gives back soon, because a report that claims holds runs already.
create or replace function workflow_engine.stop_unneeded_child(run_id uuid)
returns boolean
language plpgsql
set search_path = ''
set lock_timeout = '100ms'
as $$
begin
  if not workflow_engine.lock_all_items(workflow_engine.with_descendants(array[stop_unneeded_child.run_id]), null) then
    raise exception using errcode = 'object_in_use', message = 'An action of the run is being reported';
  end if;
  perform workflow_engine.stop_and_record(array[stop_unneeded_child.run_id], 'The action that started it was stopped', null);
  return true;
exception
  when object_in_use or lock_not_available then
    return false;
end;
$$;

comment on function workflow_engine.stop_unneeded_child(uuid) is
  'Stops a child and what it has started, unless somebody holds them; says whether it did.';

-- Stops the children that nobody needs any more, a few at a time; one that somebody holds again a second later.
create or replace function workflow_engine.stop_unneeded_children()
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_child uuid;
begin
  for v_child in
    select c.run_id
    from workflow_engine.unneeded_child c
    where c.stop_at <= clock_timestamp() and c.marked_by <> pg_current_xact_id()
    order by c.run_id
    limit 100
    for update skip locked
  loop
    if workflow_engine.stop_unneeded_child(v_child) then
      delete from workflow_engine.unneeded_child c where c.run_id = v_child;
    else
      update workflow_engine.unneeded_child c set stop_at = clock_timestamp() + interval '1 second' where c.run_id = v_child;
    end if;
  end loop;
end;
$$;

comment on function workflow_engine.stop_unneeded_children() is
  'Stops the children whose parents have stopped the actions that waited for them.';
