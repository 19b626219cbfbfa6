-- A time that an expression found, as an instant. Without a zone of its own it is read in `timezone`;
-- what is no time of the years 1 to 9999 is null, so that any interval may be added to it. SQL/JSON's
-- datetime() is silent where a cast would raise; it does not know the suffix Z, which JavaScript writes, nor a time
-- without seconds, which forms send.
create or replace function workflow_engine.to_instant(value jsonb, timezone text)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_value jsonb := to_jsonb(regexp_replace(
    regexp_replace(to_instant.value #>> '{}', 'Z$', '+00:00'), '^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d)(?=[+-]|$)', '\1:00'
  ));
  v_text text := substring(jsonb_path_query_first_tz(v_value, '$.datetime()', '{}', true) #>> '{}', '^\d{4}-.*');
begin
  return case jsonb_path_query_first_tz(v_value, '$.datetime().type()', '{}', true) #>> '{}'
    when 'timestamp with time zone' then v_text::timestamptz
    when 'timestamp without time zone' then v_text::timestamp at time zone to_instant.timezone
    when 'date' then v_text::timestamp at time zone to_instant.timezone
  end;
end;
$$;

comment on function workflow_engine.to_instant(jsonb, text) is
  'A JSON text as an instant, read in the time zone when it has none of its own; null when it is no time.';

-- Whether a condition holds: null conditions do, unknown is false, and a costly one over large data is
-- null, so that a definition cannot buy more work than its data's size.
create or replace function workflow_engine.holds(condition jsonpath, is_costly boolean, root jsonb, max_bytes integer)
returns boolean
language sql
stable
return case
  when condition is null then true
  when is_costly and pg_column_size(root) > max_bytes then null
  else coalesce(jsonb_path_match_tz(root, condition, '{}', true), false)
end;

comment on function workflow_engine.holds(jsonpath, boolean, jsonb, integer) is
  'Whether a condition holds on the data; null when it is too costly for data of that size.';

-- What a workflow's own condition and relative_to look at: there is no run yet.
create or replace function workflow_engine.event_root(payload jsonb, vars jsonb, at_time timestamptz)
returns jsonb
language sql
stable
return jsonb_build_object('event', payload, 'record', payload -> 'record', 'vars', vars, 'now', at_time);

comment on function workflow_engine.event_root(jsonb, jsonb, timestamptz) is
  'What a workflow''s own condition and relative_to look at.';

-- When a run begins, or null when it does not: phase and interval count from relative_to, in wall
-- time of the workflow's zone, so that "a day before" keeps its hour when daylight saving changes.
create or replace function workflow_engine.plan_start(
  version workflow_engine.workflow_version,
  root jsonb,
  occurred_at timestamptz,
  at_time timestamptz
)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_anchor timestamptz := plan_start.occurred_at;
  v_shift interval := case (plan_start.version).phase
    when 'before' then -(plan_start.version)."interval"
    when 'after' then (plan_start.version)."interval"
    else interval '0'
  end;
  v_start timestamptz;
begin
  if (plan_start.version).relative_to is not null then
    v_anchor := workflow_engine.to_instant(
      jsonb_path_query_first_tz(plan_start.root, (plan_start.version).relative_to, '{}', true),
      (plan_start.version).timezone
    );
  end if;
  v_start := (v_anchor at time zone (plan_start.version).timezone + v_shift) at time zone (plan_start.version).timezone;
  if v_start is null or v_start >= plan_start.at_time or (plan_start.version).relative_to is null then
    return v_start;
  end if;
  return case
    when (plan_start.version).if_past = 'run_now' then plan_start.at_time
    when (plan_start.version).if_past = 'run_if_within'
      and v_start + (plan_start.version).if_past_within >= plan_start.at_time then plan_start.at_time
  end;
end;
$$;

comment on function workflow_engine.plan_start(workflow_engine.workflow_version, jsonb, timestamptz, timestamptz) is
  'When a run of this version begins for an event, or null when it does not.';

-- Whether a record has begun as many runs of a workflow within a minute as it may: a workflow that changes
-- the table that triggers it would never come to rest.
create or replace function workflow_engine.is_throttled(
  workflow_id uuid,
  related_table text,
  related_table_pkey text,
  at_time timestamptz,
  max_runs integer
)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return is_throttled.related_table_pkey is not null and (is_throttled.max_runs <= 0 or exists (
    select from public.workflow_run r
    where r.related_table = is_throttled.related_table
      and r.related_table_pkey = is_throttled.related_table_pkey
      and r.workflow_id = is_throttled.workflow_id
      and r.created_at > is_throttled.at_time - interval '1 minute'
    order by r.created_at
    offset is_throttled.max_runs - 1
    limit 1
  ));
end;
$$;

comment on function workflow_engine.is_throttled(uuid, text, text, timestamptz, integer) is
  'Whether a record has begun as many runs of a workflow in the last minute as it may.';

-- Matches events with definitions: a run for each pair whose condition holds. An event of an
-- organization reaches that organization's workflows and the platform's own; one without reaches only
-- the platform's. A run belongs to its event's organization. A run that a record may not begin now begins
-- a minute later.
create or replace function workflow_engine.start_runs(event_ids uuid[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_settings workflow_engine.settings := (select s from workflow_engine.settings s);
  v_runs uuid[];
begin
  with matched as (
    select e.id, e.organization_id, e.related_table, e.related_table_pkey, v.workflow_id, v.version,
      workflow_engine.plan_start(v, r.root, e.occurred_at, v_now) as starts_at,
      workflow_engine.holds(v.condition, v.condition_is_costly, r.root, v_settings.costly_expression_bytes) as holds
    from public.workflow_event e
    join public.workflow w
      on w.trigger = e.name and w.is_active
      and (w.organization_id is null or w.organization_id = e.organization_id)
    join workflow_engine.workflow_version v on v.workflow_id = w.id and v.version = w.version
    cross join lateral (select workflow_engine.event_root(e.payload, v.vars, v_now) as root) r
    where e.id = any (start_runs.event_ids)
  ),
  planned as (
    select m.*, workflow_engine.new_id() as run_id, workflow_engine.is_throttled(
      m.workflow_id, m.related_table, m.related_table_pkey, v_now,
      v_settings.max_runs_per_record + 1 - row_number() over (
        partition by m.workflow_id, m.related_table, m.related_table_pkey order by m.id
      )::integer
    ) as is_throttled
    from matched m
    where m.holds and m.starts_at is not null
  ),
  refused as (
    insert into public.workflow_history (organization_id, workflow_id, run_id, kind, recorded_at, error, detail)
    select m.organization_id, m.workflow_id, null::uuid, 'event_failed', v_now,
      format('The condition has two wildcards and its data more than %s bytes', v_settings.costly_expression_bytes),
      jsonb_build_object('event_id', m.id)
    from matched m
    where m.holds is null
    union all
    select p.organization_id, p.workflow_id, p.run_id, 'throttled', v_now,
      format('A record began more than %s runs within a minute', v_settings.max_runs_per_record),
      jsonb_build_object('event_id', p.id, 'related_table', p.related_table, 'related_table_pkey', p.related_table_pkey)
    from planned p
    where p.is_throttled
  ),
  started as (
    insert into public.workflow_run (
      id, organization_id, workflow_id, workflow_version, event_id, related_table, related_table_pkey, starts_at
    )
    select p.run_id, p.organization_id, p.workflow_id, p.version, p.id, p.related_table, p.related_table_pkey,
      case when p.is_throttled then greatest(p.starts_at, v_now + interval '1 minute') else p.starts_at end
    from planned p
    on conflict on constraint an_event_starts_a_workflow_once do nothing
    returning id
  )
  select coalesce(array_agg(s.id), '{}') into v_runs from started s;
  update public.workflow_event e
  set expanded_at = v_now
  where e.id = any (start_runs.event_ids);
  perform workflow_engine.keep_awaited_events(start_runs.event_ids);
  perform workflow_engine.advance_runs(v_runs);
  return v_runs;
end;
$$;

comment on function workflow_engine.start_runs(uuid[]) is
  'Matches events with definitions, creates their runs and first action logs, and returns the runs.';

-- An event that could not be matched is put aside with its error, so that it cannot hold up others.
create or replace function workflow_engine.start_runs_one_by_one(event_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_event uuid;
begin
  foreach v_event in array start_runs_one_by_one.event_ids loop
    begin
      perform workflow_engine.start_runs(array[v_event]);
    exception
      when others then
        update public.workflow_event e
        set expanded_at = workflow_engine.clock(), error = sqlerrm
        where e.id = v_event;
        insert into public.workflow_history (organization_id, kind, error, detail)
        select e.organization_id, 'event_failed', sqlerrm, jsonb_build_object('event_id', e.id)
        from public.workflow_event e
        where e.id = v_event;
    end;
  end loop;
end;
$$;

comment on function workflow_engine.start_runs_one_by_one(uuid[]) is
  'Matches each event on its own and puts those that fail aside with their error.';

-- Takes a batch of events that nobody else is matching. Skips locked ones, so workers share the work.
-- Slice by slice, each twice the last, and no further once a second has passed: a definition that is slow
-- on each of a thousand events must not keep every call from coming to its end.
create or replace function workflow_engine.expand_events()
returns integer
language plpgsql
set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '1 second';
  v_left integer := (select s.events_per_batch from workflow_engine.settings s);
  v_slice integer := 25;
  v_taken integer := 0;
  v_events uuid[];
begin
  while v_left > 0 and clock_timestamp() < v_until loop
    select coalesce(array_agg(e.id), '{}')
    into v_events
    from (
      select e.id
      from public.workflow_event e
      where e.expanded_at is null
      order by e.id
      limit least(v_slice, v_left)
      for update skip locked
    ) e;
    exit when v_events = '{}';
    begin
      perform workflow_engine.start_runs(v_events);
    exception
      when others then
        perform workflow_engine.start_runs_one_by_one(v_events);
    end;
    v_taken := v_taken + cardinality(v_events);
    v_left := v_left - cardinality(v_events);
    v_slice := v_slice * 2;
  end loop;
  return v_taken;
end;
$$;

comment on function workflow_engine.expand_events() is
  'Matches a batch of new events with definitions, for about a second at most; returns how many it took.';

-- Why an event started the workflows that listen for it, or did not: a condition that is not true leaves no
-- run in which one could look. They are asked as they are now. For people, and called by nothing.
create or replace function workflow_engine.explain_event(event_id uuid)
returns table (workflow text, condition jsonb, run_id uuid)
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
    select w.name, workflow_engine.explain_condition(v.condition, workflow_engine.event_root(e.payload, v.vars, e.occurred_at)), r.id
    from public.workflow_event e
    join public.workflow w
      on w.trigger = e.name and (w.organization_id is null or w.organization_id = e.organization_id)
    join workflow_engine.workflow_version v on v.workflow_id = w.id and v.version = w.version
    left join public.workflow_run r on r.event_id = e.id and r.workflow_id = w.id
    where e.id = explain_event.event_id
    order by w.name;
end;
$$;

comment on function workflow_engine.explain_event(uuid) is
  'What the conditions of the workflows that listen for an event say about it, and which run it started.';
