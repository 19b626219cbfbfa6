-- How many items of a fan-out ended in one statement: none where some only wait, or are to be tried again. An item
-- that still awaited its turn has freed no place.
create type workflow_engine.item_count as (
  run_id uuid,
  workflow_action_id uuid,
  finished bigint,
  failed bigint,
  freed bigint
);

comment on type workflow_engine.item_count is
  'How many items of a fan-out ended in one statement, how many of them failed, and how many places they freed.';

-- One row a fan-out is locked for each batch of results, in key order; the run's is not. Whoever holds it may
-- lock the items that await their turn, and nobody the other way round.
create or replace function workflow_engine.lock_fan_outs(counts workflow_engine.item_count[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform from workflow_engine.fan_out f
  where (f.run_id, f.workflow_action_id) in (select c.run_id, c.workflow_action_id from unnest(lock_fan_outs.counts) c)
  order by f.run_id, f.workflow_action_id
  for update;
end;
$$;

comment on function workflow_engine.lock_fan_outs(workflow_engine.item_count[]) is
  'Locks the fan-outs of ended items.';

-- Locks the runs of actions that ended together with items, and those of fan-outs that these items end, all by id: a
-- fan-out that ended first would take its run before an older one. Before them the logs of these fan-outs.
create or replace function workflow_engine.lock_ended_runs(run_ids uuid[], counts workflow_engine.item_count[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_runs uuid[];
begin
  perform workflow_engine.lock_fan_outs(lock_ended_runs.counts);
  v_runs := array(
    select f.run_id
    from unnest(lock_ended_runs.counts) c
    join workflow_engine.fan_out f on f.run_id = c.run_id and f.workflow_action_id = c.workflow_action_id
    where f.unfinished = c.finished or f.failed + c.failed > f.tolerated
  );
  if v_runs <> '{}' then
    perform from public.workflow_action_logs l
    where l.run_id = any (v_runs) and l.waits_for = 'items' and l.status = 'waiting'
    order by l.id
    for update;
    perform from public.workflow_run r
    where r.id = any (lock_ended_runs.run_ids || v_runs)
    order by r.id
    for update;
  end if;
end;
$$;

comment on function workflow_engine.lock_ended_runs(uuid[], workflow_engine.item_count[]) is
  'Locks the runs that ended actions and items move on, by id.';

-- Lets the next items of locked fan-outs run, as many as have made room.
create or replace function workflow_engine.release_items(counts workflow_engine.item_count[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_action_logs l
  set execute_at = release_items.at_time
  from unnest(release_items.counts) c
  cross join lateral (
    select f.next_item
    from workflow_engine.fan_out f
    where f.run_id = c.run_id and f.workflow_action_id = c.workflow_action_id
    limit 1
  ) f
  cross join lateral (
    select i.id
    from public.workflow_action_logs i
    where i.run_id = c.run_id and i.workflow_action_id = c.workflow_action_id and i.item_index >= f.next_item
      and workflow_engine.awaits_turn(i.status, i.execute_at)
    order by i.item_index
    limit c.freed
  ) n
  where l.id = n.id;
end;
$$;

comment on function workflow_engine.release_items(workflow_engine.item_count[], timestamptz) is
  'Lets as many further items of fan-outs run as have made room.';

-- Takes the ended items off their locked fan-outs, and returns those.
create or replace function workflow_engine.count_items(counts workflow_engine.item_count[])
returns setof workflow_engine.fan_out
language plpgsql
set search_path = ''
as $$
begin
  return query
    update workflow_engine.fan_out f
    set
      unfinished = f.unfinished - c.finished,
      failed = f.failed + c.failed,
      next_item = coalesce((
        select i.item_index
        from public.workflow_action_logs i
        where i.run_id = f.run_id and i.workflow_action_id = f.workflow_action_id and i.item_index >= f.next_item
          and workflow_engine.awaits_turn(i.status, i.execute_at)
        order by i.item_index
        limit 1
      ), f.total)
    from unnest(count_items.counts) c
    where f.run_id = c.run_id and f.workflow_action_id = c.workflow_action_id
    returning f.*;
end;
$$;

comment on function workflow_engine.count_items(workflow_engine.item_count[]) is
  'Counts ended items off their fan-outs and returns those.';

-- The outputs of a fan-out's items, in their order; null for an item that failed and was tolerated. They are
-- counted before they are put together, and no further than the limit. What keeps them from being put
-- together is an error of this fan-out, never of the report that ended its last item.
create or replace function workflow_engine.gather_outputs(
  run_id uuid,
  workflow_action_id uuid,
  out output jsonb,
  out error text
)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_limit bigint := (select s.fan_out_output_bytes from workflow_engine.settings s where s.id);
  v_total bigint := 0;
  v_bytes integer;
begin
  for v_bytes in
    select coalesce(octet_length(l.output::text), 4)
    from public.workflow_action_logs l
    where l.run_id = gather_outputs.run_id
      and l.workflow_action_id = gather_outputs.workflow_action_id
      and l.item_index is not null
  loop
    v_total := v_total + v_bytes;
    if v_total > v_limit then
      error := format('The outputs of its items have more than %s bytes together; let each item return less, such as the key of what it stored', v_limit);
      return;
    end if;
  end loop;
  select coalesce(to_jsonb(array_agg(coalesce(l.output, 'null') order by l.item_index)), '[]')
  into output
  from public.workflow_action_logs l
  where l.run_id = gather_outputs.run_id
    and l.workflow_action_id = gather_outputs.workflow_action_id
    and l.item_index is not null;
exception
  when data_exception or program_limit_exceeded then
    error := 'The outputs of its items cannot be put together: ' || sqlerrm;
end;
$$;

comment on function workflow_engine.gather_outputs(uuid, uuid) is
  'The outputs of a fan-out''s items as an array in item order, or why there is none.';

-- What a fan-out that has ended came to: its output, or its error.
create or replace function workflow_engine.end_fan_out(fan_out workflow_engine.fan_out, out output jsonb, out error text)
language plpgsql
stable
set search_path = ''
as $$
begin
  if (end_fan_out.fan_out).failed > (end_fan_out.fan_out).tolerated then
    error := format('%s of %s items failed', (end_fan_out.fan_out).failed, (end_fan_out.fan_out).total);
  else
    select g.output, g.error into output, error
    from workflow_engine.gather_outputs((end_fan_out.fan_out).run_id, (end_fan_out.fan_out).workflow_action_id) g;
  end if;
end;
$$;

comment on function workflow_engine.end_fan_out(workflow_engine.fan_out) is
  'What a fan-out that has ended came to: its output, or its error.';

-- Ends the actions of these fan-outs, with the outputs of their items or with an error.
create or replace function workflow_engine.end_fan_outs(fan_outs workflow_engine.fan_out[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_action_logs l
  set
    status = case when e.error is null then 'completed' else 'failed' end,
    final = e.error is not null,
    output = e.output,
    error = e.error,
    completed_at = greatest(end_fan_outs.at_time, l.started_at)
  from unnest(end_fan_outs.fan_outs) f
  cross join lateral workflow_engine.end_fan_out(f) e
  where l.run_id = f.run_id and l.workflow_action_id = f.workflow_action_id
    and l.item_index is null and l.status = 'waiting';
end;
$$;

comment on function workflow_engine.end_fan_outs(workflow_engine.fan_out[], timestamptz) is
  'Ends the actions of fan-outs that have nothing left, or too many failures.';

-- Moves fan-outs on by their ended items: lets others run, completes the action when all have ended,
-- fails it as soon as more have failed than it tolerates.
create or replace function workflow_engine.settle_items(counts workflow_engine.item_count[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_ended workflow_engine.fan_out[];
  v_over uuid[];
begin
  perform workflow_engine.lock_fan_outs(settle_items.counts);
  perform workflow_engine.release_items(settle_items.counts, v_now);
  select array_agg(f) into v_ended
  from workflow_engine.count_items(settle_items.counts) f
  where f.unfinished = 0 or f.failed > f.tolerated;
  perform workflow_engine.end_fan_outs(v_ended, v_now);
  select array_agg(p.id) into v_over
  from unnest(settle_items.counts) c
  cross join lateral (
    select l.id, l.status, l.final
    from public.workflow_action_logs l
    where l.run_id = c.run_id and l.workflow_action_id = c.workflow_action_id and l.item_index is null
    limit 1
  ) p
  where not workflow_engine.is_unfinished(p.status, p.final);
  if v_over is not null then
    perform workflow_engine.stop_items(v_over);
  end if;
  perform workflow_engine.request_wake();
end;
$$;

comment on function workflow_engine.settle_items(workflow_engine.item_count[]) is
  'Moves fan-outs on by the items that ended.';

-- Stops what is unfinished of fan-outs that have ended. Leaves the items that somebody is reporting: when such an item
-- ends, waits or is to be tried again, what is left is stopped.
create or replace function workflow_engine.stop_items(log_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_action_logs l
  set status = 'stopped', reason = 'not_needed', lease_expires_at = null, is_held = false,
    completed_at = greatest(workflow_engine.clock(), l.started_at)
  where l.id in (
    select i.id
    from public.workflow_action_logs p
    join workflow_engine.fan_out f on f.run_id = p.run_id and f.workflow_action_id = p.workflow_action_id
    join public.workflow_action_logs i
      on i.run_id = p.run_id and i.workflow_action_id = p.workflow_action_id and i.item_index is not null
    where p.id = any (stop_items.log_ids) and f.unfinished > 0 and workflow_engine.is_unfinished(i.status, i.final)
    order by i.id
    for update of i skip locked
  );
end;
$$;

comment on function workflow_engine.stop_items(uuid[]) is
  'Stops the unfinished items of these fan-outs, which have ended.';
