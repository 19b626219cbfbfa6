-- Refuses a filter of runs that could not be meant.
create or replace function workflow_engine.check_filter(filter jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_known constant text[] := array[
    'workflow', 'workflow_id', 'organization_id', 'status', 'related_table', 'related_table_pkey', 'failed_action', 'error',
    'created_after', 'created_before', 'limit'
  ];
  v_null text;
  v_unknown text;
begin
  if jsonb_typeof(check_filter.filter) is distinct from 'object' or check_filter.filter - 'limit' = '{}' then
    perform workflow_engine.raise_error(
      'PT422', 'bulk.filter_invalid', 'Cannot choose runs: the filter is empty', 'Name ' || array_to_string(v_known, ', ') || '.'
    );
  end if;
  select e.key into v_null from jsonb_each(check_filter.filter) e where e.value = 'null' and e.key <> 'organization_id' limit 1;
  if found then
    perform workflow_engine.raise_error(
      'PT422', 'bulk.filter_invalid', format('Cannot choose runs: the filter''s "%s" is null', v_null),
      'Leave out what does not matter; only organization_id may be null, for the platform''s own runs.'
    );
  end if;
  select k.key into v_unknown from jsonb_object_keys(check_filter.filter) k (key) where k.key <> all (v_known) limit 1;
  if found then
    perform workflow_engine.raise_error(
      'PT422', 'bulk.filter_invalid', format('Cannot choose runs: the filter''s key "%s" is not known', v_unknown),
      'Name ' || array_to_string(v_known, ', ') || '.'
    );
  end if;
end;
$$;

comment on function workflow_engine.check_filter(jsonb) is 'Raises PT422 for a filter of runs that is empty or has unknown keys.';

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
    join public.workflow w on w.id = r.workflow_id
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
    limit least(greatest(coalesce(f."limit", 1000), 0), 10000);
exception
  when data_exception then
    perform workflow_engine.raise_error(
      'PT422', 'bulk.filter_invalid', format('Cannot choose runs: %s', sqlerrm), 'Ids are uuids, times such as 2030-01-31T09:00Z.'
    );
end;
$$;

comment on function workflow_engine.find_runs(jsonb, text) is
  'The runs that a filter chooses and an operation can be done to, the oldest first.';

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

-- Does an operation to runs in slices, for about four seconds, because the Data API allows eight; of those that
-- begin again, as many a minute as asked for. Returns how many of the given ones it came to, and those it
-- concerned, children included.
create or replace function workflow_engine.operate(
  operation text,
  run_ids uuid[],
  per_minute integer,
  out done integer,
  out affected uuid[]
)
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_until timestamptz := clock_timestamp() + interval '4 seconds';
begin
  done := 0;
  affected := '{}';
  while done < cardinality(operate.run_ids) and clock_timestamp() < v_until loop
    affected := affected || workflow_engine.operate_slice(
      operate.operation, operate.run_ids[done + 1 : done + 200],
      array(select v_now + make_interval(secs => n.number * 60.0 / operate.per_minute) from generate_series(done, done + 199) n (number))
    );
    done := least(done + 200, cardinality(operate.run_ids));
  end loop;
end;
$$;

comment on function workflow_engine.operate(text, uuid[], integer) is
  'Does an operation to runs for about four seconds; returns how many it came to, and those it concerned.';

-- The same operation for all runs that a filter chooses; a dry run, unless told otherwise, only counts them.
-- Security definer because the Data API's roles may not reach workflow_engine; only service_role may
-- execute it.
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
  v_runs uuid[];
  v_done integer := 0;
  v_affected uuid[];
  v_history uuid := workflow_engine.new_id();
begin
  if (workflow_bulk.operation in ('stop', 'pause', 'resume', 'retry', 'replay') and workflow_bulk.per_minute > 0) is not true then
    perform workflow_engine.raise_error(
      'PT422', 'bulk.operation_invalid',
      format('Cannot do "%s" to %s runs a minute', workflow_bulk.operation, workflow_bulk.per_minute),
      'Operations are stop, pause, resume, retry and replay; per_minute is at least 1.'
    );
  end if;
  perform workflow_engine.check_filter(workflow_bulk.filter);
  v_runs := array(select r.id from workflow_engine.find_runs(workflow_bulk.filter, workflow_bulk.operation) r);
  if not workflow_bulk.dry_run then
    select o.done, o.affected into v_done, v_affected
    from workflow_engine.operate(workflow_bulk.operation, v_runs, workflow_bulk.per_minute) o;
    insert into public.workflow_history (id, organization_id, kind, reason, actor, detail)
    values (
      v_history, workflow_bulk.filter ->> 'organization_id',
      case workflow_bulk.operation when 'stop' then 'stopped' when 'retry' then 'retried' else rtrim(workflow_bulk.operation, 'e') || 'ed' end,
      workflow_bulk.reason, coalesce(workflow_bulk.actor, workflow_engine.actor()),
      jsonb_build_object('filter', workflow_bulk.filter, 'runs', v_done)
    );
    insert into workflow_engine.history_run (history_id, run_id)
    select v_history, r.id from (select unnest(v_runs[:v_done]) union select unnest(v_affected)) r (id);
  end if;
  return jsonb_build_object('matched', cardinality(v_runs), 'affected', v_done, 'dry_run', workflow_bulk.dry_run);
end;
$$;

comment on function public.workflow_bulk(text, jsonb, boolean, integer, text, text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Stops, pauses, resumes, retries or replays the runs that a filter chooses, unless it is a dry run; returns {"matched", "affected", "dry_run"}. Where fewer were affected than matched, its time was over: call it again. A run is replayed once. Raises PT422 for an unknown operation or filter.';
