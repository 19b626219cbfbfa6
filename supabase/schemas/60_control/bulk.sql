-- What a filter of runs may name, and what each must be.
create or replace function workflow_engine.filter_keys()
returns table (name text, kind text)
language sql
immutable
set search_path = ''
as $$
  values ('workflow', 'string'), ('workflow_id', 'string'), ('organization_id', 'string'), ('status', 'string'),
    ('related_table', 'string'), ('related_table_pkey', 'string'), ('failed_action', 'string'), ('error', 'string'),
    ('created_after', 'string'), ('created_before', 'string'), ('limit', 'number');
$$;

comment on function workflow_engine.filter_keys() is 'What a filter of runs may name, and the type of each in JSON.';

-- What is wrong with a member of a filter, or null.
create or replace function workflow_engine.find_filter_fault(key text, value jsonb)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when k.name is null then format('key "%s" is not known', find_filter_fault.key)
    when k.name = 'organization_id' and find_filter_fault.value = 'null' then null
    when jsonb_typeof(find_filter_fault.value) <> k.kind then format('"%s" is %s, not a %s', k.name, find_filter_fault.value, k.kind)
    when k.name = 'status' and find_filter_fault.value #>> '{}' not in ('running', 'paused', 'completed', 'failed', 'stopped')
      then format('"status" is %s, which no run has', find_filter_fault.value)
    when k.name = 'limit' and (find_filter_fault.value::numeric not between 1 and 10000 or find_filter_fault.value::numeric % 1 <> 0)
      then format('"limit" is %s, not 1 to 10000', find_filter_fault.value)
  end
  from (values (find_filter_fault.key)) f (key)
  left join workflow_engine.filter_keys() k on k.name = f.key;
$$;

comment on function workflow_engine.find_filter_fault(text, jsonb) is 'What is wrong with a member of a filter of runs, or null.';

-- Refuses a filter of runs that could not be meant.
create or replace function workflow_engine.check_filter(filter jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_fault text;
begin
  if jsonb_typeof(check_filter.filter) is distinct from 'object' then
    v_fault := ' is no object';
  elsif check_filter.filter - 'limit' = '{}' then
    v_fault := ' is empty';
  else
    select '''s ' || f.fault into v_fault
    from jsonb_each(check_filter.filter) e
    cross join lateral (select workflow_engine.find_filter_fault(e.key, e.value) as fault) f
    where f.fault is not null
    order by e.key
    limit 1;
  end if;
  if v_fault is not null then
    perform workflow_engine.raise_error(
      'PT422', 'bulk.filter_invalid', 'Cannot choose runs: the filter' || v_fault,
      format('Name %s; leave out what does not matter. Only organization_id may be null, for the platform''s own runs.', (
        select string_agg(k.name, ', ') from workflow_engine.filter_keys() k
      ))
    );
  end if;
end;
$$;

comment on function workflow_engine.check_filter(jsonb) is 'Raises PT422 for a filter of runs that is empty, or has unknown keys or values.';

-- Whether this run begins again with one of these that has started it, itself or through others: at a retry only
-- by way of actions that broke, and of items that did in a fan-out that broke; at a replay by way of all.
create or replace function workflow_engine.begins_with(run public.workflow_run, run_ids uuid[], operation text)
returns boolean
language sql
stable
set search_path = ''
as $$
  with recursive ancestor (id, parent_run_id, parent_action_log_id) as (
    select (begins_with.run).id, (begins_with.run).parent_run_id, (begins_with.run).parent_action_log_id
    union
    select r.id, r.parent_run_id, r.parent_action_log_id
    from ancestor a
    join public.workflow_run r on r.id = a.parent_run_id
    join public.workflow_action_logs i on i.id = a.parent_action_log_id
    join public.workflow_action_logs l
      on l.run_id = i.run_id and l.workflow_action_id = i.workflow_action_id and l.item_index is null
    left join workflow_engine.action_version v
      on v.workflow_id = l.workflow_id and v.version = l.workflow_version and v.workflow_action_id = l.workflow_action_id
    where begins_with.operation = 'replay' or (
      i.status in ('failed', 'stopped')
      and workflow_engine.judge(l.status, true, l.reason, v.continue_on_failure) = 'broken'
    )
  )
  select exists (select from ancestor a where a.id = any (begins_with.run_ids) and a.id <> (begins_with.run).id);
$$;

comment on function workflow_engine.begins_with(public.workflow_run, uuid[], text) is
  'Whether a run begins again with one of these, which has started it.';

-- The runs that a filter chooses and an operation can be done to, the oldest first.
create or replace function workflow_engine.find_runs(filter jsonb, operation text)
returns setof public.workflow_run
language plpgsql
stable
set search_path = ''
as $$
declare
  f record;
begin
  select * into f
  from jsonb_to_record(find_runs.filter) f (
    workflow text, workflow_id uuid, organization_id text, status text, related_table text, related_table_pkey text,
    failed_action text, error text, created_after timestamptz, created_before timestamptz, "limit" integer
  );
  return query
    select r.*
    from public.workflow_run r
    left join public.workflow w on w.id = r.workflow_id
    where (f.workflow is null or w.name = f.workflow)
      and (f.workflow_id is null or r.workflow_id = f.workflow_id)
      and (not find_runs.filter ? 'organization_id' or r.organization_id is not distinct from f.organization_id)
      and (f.status is null or r.status = f.status)
      and (f.related_table is null or r.related_table = f.related_table)
      and (f.related_table_pkey is null or r.related_table_pkey = f.related_table_pkey)
      and (f.created_after is null or r.created_at >= f.created_after)
      and (f.created_before is null or r.created_at < f.created_before)
      and case find_runs.operation
        when 'stop' then r.status in ('running', 'paused')
        when 'pause' then r.status = 'running'
        when 'resume' then r.status = 'paused'
        when 'retry' then r.status in ('failed', 'stopped') and not r.is_compensating
        else r.completed_at is not null and not exists (select from public.workflow_run p where p.replay_of = r.id)
      end
      and (find_runs.operation not in ('retry', 'replay') or exists (
        select from workflow_engine.workflow_version v
        where v.workflow_id = r.workflow_id and v.version = r.workflow_version
      ))
      and ((f.failed_action is null and f.error is null) or exists (
        select from public.workflow_action_logs l
        join workflow_engine.action_version a
          on a.workflow_id = l.workflow_id and a.version = l.workflow_version
          and a.workflow_action_id = l.workflow_action_id
        where l.run_id = r.id and l.status = 'failed'
          and (f.failed_action is null or a.name = f.failed_action)
          and (f.error is null or position(f.error in l.error) > 0)
      ))
    order by r.id
    limit coalesce(f."limit", 1000);
exception
  when data_exception then
    perform workflow_engine.raise_error(
      'PT422', 'bulk.filter_invalid', format('Cannot choose runs: %s', sqlerrm), 'Ids are uuids, times such as 2030-01-31T09:00Z.'
    );
end;
$$;

comment on function workflow_engine.find_runs(jsonb, text) is
  'The runs that a filter chooses and an operation can be done to, the oldest first.';

-- The ids of those. A child whose parent begins again too is none of them: it does so with its parent.
create or replace function workflow_engine.choose_runs(filter jsonb, operation text)
returns uuid[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_runs public.workflow_run[] := array(select r from workflow_engine.find_runs(choose_runs.filter, choose_runs.operation) r);
  v_ids uuid[] := array(select r.id from unnest(v_runs) r);
begin
  if choose_runs.operation in ('retry', 'replay') then
    v_ids := array(select r.id from unnest(v_runs) r where not workflow_engine.begins_with(r, v_ids, choose_runs.operation) order by r.id);
  end if;
  return v_ids;
end;
$$;

comment on function workflow_engine.choose_runs(jsonb, text) is
  'The ids of the runs that an operation in bulk is to be done to, the oldest first.';

-- Does an operation to some runs, those that begin again each at its time. Returns those it concerned.
create or replace function workflow_engine.operate_slice(operation text, run_ids uuid[], due_at timestamptz[])
returns uuid[]
language sql
set search_path = ''
as $$
  select case operate_slice.operation
    when 'stop' then workflow_engine.stop_runs(operate_slice.run_ids)
    when 'pause' then workflow_engine.pause_runs(operate_slice.run_ids)
    when 'resume' then workflow_engine.resume_runs(operate_slice.run_ids)
    when 'retry' then workflow_engine.retry_runs(operate_slice.run_ids, operate_slice.due_at)
    else workflow_engine.replay_runs(operate_slice.run_ids, operate_slice.due_at, null, null, 'same')
  end;
$$;

comment on function workflow_engine.operate_slice(text, uuid[], timestamptz[]) is
  'Stops, pauses, resumes, retries or replays runs; returns those it concerned, of a replay the new ones.';

-- Locks the logs of all these runs before the first of the runs is locked: a slice that came to logs while it held
-- the runs of another would wait for a report that waits for those.
create or replace function workflow_engine.lock_for_operation(operation text, run_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  if lock_for_operation.operation = 'stop' then
    perform workflow_engine.lock_unfinished(workflow_engine.with_descendants(lock_for_operation.run_ids));
  elsif lock_for_operation.operation = 'resume' then
    perform from public.workflow_action_logs l
    where l.is_held and l.run_id = any (lock_for_operation.run_ids)
    order by l.id
    for update;
  end if;
end;
$$;

comment on function workflow_engine.lock_for_operation(text, uuid[]) is
  'Locks the action logs that an operation in bulk will change.';

-- Does an operation to runs in slices, for about four seconds, because the Data API allows eight; of those that
-- begin again, as many a minute as asked for. Returns those it concerned, children included.
create or replace function workflow_engine.operate(
  operation text,
  run_ids uuid[],
  starts_at timestamptz,
  per_minute integer
)
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '4 seconds';
  v_done integer := 0;
  v_affected uuid[] := array[]::uuid[];
begin
  perform workflow_engine.lock_for_operation(operate.operation, operate.run_ids);
  while v_done < cardinality(operate.run_ids) and clock_timestamp() < v_until loop
    v_affected := v_affected || workflow_engine.operate_slice(
      operate.operation, operate.run_ids[v_done + 1 : v_done + 200],
      array(
        select operate.starts_at + make_interval(secs => n.number * 60.0 / operate.per_minute)
        from generate_series(v_done, v_done + 199) n (number)
      )
    );
    v_done := v_done + 200;
  end loop;
  return v_affected;
end;
$$;

comment on function workflow_engine.operate(text, uuid[], timestamptz, integer) is
  'Does an operation to runs for about four seconds; returns those it concerned, of a replay the new ones.';

-- When the first run of an operation may begin: what the same operation has planned before for such runs comes
-- first, so that calling it again does not exceed its rate. Of the filter, what only bounds it does not count:
-- whoever says "since an hour ago" says another time with each call.
create or replace function workflow_engine.next_start(kind text, filter jsonb)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_bounds constant text[] := array['created_after', 'created_before', 'limit'];
begin
  return greatest(workflow_engine.clock(), (
    select (h.detail ->> 'next_start')::timestamptz
    from public.workflow_history h
    where h.detail ? 'filter' and h.kind = next_start.kind
      and (h.detail -> 'filter') - v_bounds = next_start.filter - v_bounds
    order by h.recorded_at desc
    limit 1
  ));
end;
$$;

comment on function workflow_engine.next_start(text, jsonb) is
  'When the first run of an operation in bulk may begin.';

-- Does an operation to runs and writes that down in one row; returns how many of them it concerned.
create or replace function workflow_engine.operate_and_record(
  operation text,
  run_ids uuid[],
  filter jsonb,
  per_minute integer,
  reason text,
  actor text
)
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_kind text := case operate_and_record.operation
    when 'stop' then 'stopped' when 'retry' then 'retried' else rtrim(operate_and_record.operation, 'e') || 'ed'
  end;
  v_starts_at timestamptz := workflow_engine.next_start(v_kind, operate_and_record.filter);
  v_history uuid := workflow_engine.new_id();
  v_affected uuid[] := workflow_engine.operate(
    operate_and_record.operation, operate_and_record.run_ids, v_starts_at, operate_and_record.per_minute
  );
  v_concerned uuid[] := array(
    select i.id
    from public.workflow_run r
    cross join lateral (select case operate_and_record.operation when 'replay' then r.replay_of else r.id end as id) i
    where r.id = any (v_affected) and i.id = any (operate_and_record.run_ids)
  );
begin
  insert into public.workflow_history (id, organization_id, kind, recorded_at, reason, actor, detail)
  values (
    v_history, operate_and_record.filter ->> 'organization_id', v_kind, v_now, operate_and_record.reason,
    workflow_engine.named_actor(operate_and_record.actor),
    jsonb_build_object('filter', operate_and_record.filter, 'runs', cardinality(v_concerned)) || case
      when operate_and_record.operation in ('retry', 'replay') then jsonb_build_object(
        'next_start', v_starts_at + make_interval(secs => cardinality(v_concerned) * 60.0 / operate_and_record.per_minute)
      )
      else '{}'
    end
  );
  insert into workflow_engine.history_run (history_id, run_id)
  select v_history, r.id from (select unnest(v_concerned) union select unnest(v_affected)) r (id);
  return cardinality(v_concerned);
end;
$$;

comment on function workflow_engine.operate_and_record(text, uuid[], jsonb, integer, text, text) is
  'Does an operation to runs and adds one row to the history; returns how many of them it concerned.';

-- Does an operation to all runs that a filter chooses; returns how many it matched, and how many of them it
-- concerned. Bulk operations take turns.
create or replace function workflow_engine.operate_by_filter(
  operation text,
  filter jsonb,
  per_minute integer,
  reason text,
  actor text
)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_runs uuid[];
begin
  perform pg_advisory_xact_lock(hashtext('workflow_bulk'));
  v_runs := workflow_engine.choose_runs(operate_by_filter.filter, operate_by_filter.operation);
  return jsonb_build_object('dry_run', false, 'matched', cardinality(v_runs), 'affected', workflow_engine.operate_and_record(
    operate_by_filter.operation, v_runs, operate_by_filter.filter, operate_by_filter.per_minute, operate_by_filter.reason,
    operate_by_filter.actor
  ));
end;
$$;

comment on function workflow_engine.operate_by_filter(text, jsonb, integer, text, text) is
  'Does an operation to all runs that a filter chooses; returns {"matched", "affected", "dry_run"}.';

-- The same operation for all runs that a filter chooses; a dry run, unless told otherwise, only counts them. Begins
-- anew where Postgres ends it soon because it and others wait for each other: twice as long would be too long for the
-- Data API. Security definer because the Data API's roles may not reach workflow_engine; only service_role may execute
-- it.
create or replace function public.workflow_bulk(
  operation text,
  filter jsonb,
  dry_run boolean default true,
  per_minute integer default 600,
  reason text default null,
  actor text default null
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '3 seconds';
  v_answer jsonb;
begin
  if (workflow_bulk.operation in ('stop', 'pause', 'resume', 'retry', 'replay') and workflow_bulk.per_minute > 0) is not true then
    perform workflow_engine.raise_error(
      'PT422', 'bulk.operation_invalid',
      format('Cannot do "%s" to %s runs a minute', workflow_bulk.operation, workflow_bulk.per_minute),
      'Operations are stop, pause, resume, retry and replay; per_minute is at least 1.'
    );
  end if;
  perform workflow_engine.check_filter(workflow_bulk.filter);
  if workflow_bulk.dry_run is distinct from false then
    return jsonb_build_object('dry_run', true, 'affected', 0,
      'matched', cardinality(workflow_engine.choose_runs(workflow_bulk.filter, workflow_bulk.operation)));
  end if;
  loop
    begin
      v_answer := workflow_engine.operate_by_filter(workflow_bulk.operation, workflow_bulk.filter, workflow_bulk.per_minute,
        workflow_bulk.reason, workflow_bulk.actor);
      exit;
    exception
      when deadlock_detected then
        if clock_timestamp() >= v_until then
          raise;
        end if;
    end;
  end loop;
  return v_answer;
end;
$$;

comment on function public.workflow_bulk(text, jsonb, boolean, integer, text, text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Stops, pauses, resumes, retries or replays the runs that a filter chooses, unless it is a dry run; returns {"matched", "affected", "dry_run"}. Where fewer were affected than matched, its time was over: call it again. A run is replayed once. Raises PT422 for an unknown operation or filter.';
