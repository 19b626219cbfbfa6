-- Locks what an answer to an action log may move on, for those who wait for nobody: the fan-out of an item, then the
-- run, in the order of a report that ends a fan-out. False where somebody holds one of them just now.
create or replace function workflow_engine.lock_owners(run_id uuid, workflow_action_id uuid, item_index integer)
returns boolean
language plpgsql
set search_path = ''
as $$
begin
  if lock_owners.item_index is not null then
    perform from workflow_engine.fan_out f
    where f.run_id = lock_owners.run_id and f.workflow_action_id = lock_owners.workflow_action_id
    for update skip locked;
    if not found then
      return false;
    end if;
  end if;
  perform from public.workflow_run r where r.id = lock_owners.run_id for no key update skip locked;
  return found;
end;
$$;

comment on function workflow_engine.lock_owners(uuid, uuid, integer) is
  'Locks the fan-out and the run of an action log, unless somebody else holds one of them; says whether it did.';
