-- What an attempt that ends in waiting waits for, and until when; or why it cannot.
create type workflow_engine.wait as (
  kind text,
  due_at timestamptz,
  fault text
);

comment on type workflow_engine.wait is
  'What an action log waits for and until when; or, in fault, why it cannot.';

-- A text as a length of time from none to ten years.
create or replace function workflow_engine.to_duration(value text)
returns interval
language plpgsql
stable
set search_path = ''
as $$
declare
  v_duration interval := to_duration.value::interval;
begin
  if v_duration not between interval '0' and interval '10 years' then
    raise exception using errcode = 'invalid_parameter_value',
      message = format('"%s" is not between no time and ten years', to_duration.value);
  end if;
  return v_duration;
end;
$$;

comment on function workflow_engine.to_duration(text) is
  'A text such as "15 minutes" or "PT15M" as an interval from none to ten years; raises a data exception otherwise.';

-- When a sleep is over: at a time, or after a duration, of which days and longer are counted in wall time of
-- the workflow's zone, so that they keep the hour when daylight saving changes.
create or replace function workflow_engine.end_of_sleep(wait jsonb, timezone text, at_time timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_duration interval := workflow_engine.to_duration(end_of_sleep.wait ->> 'duration');
  v_hours interval := make_interval(secs => extract(epoch from v_duration - date_trunc('day', v_duration)));
  v_until timestamptz;
begin
  if end_of_sleep.wait ? 'duration' then
    return v_hours + case
      when v_duration = v_hours then end_of_sleep.at_time
      else ((end_of_sleep.at_time at time zone end_of_sleep.timezone) + (v_duration - v_hours)) at time zone end_of_sleep.timezone
    end;
  end if;
  v_until := workflow_engine.to_instant(end_of_sleep.wait -> 'until', end_of_sleep.timezone);
  if v_until is null then
    raise exception using errcode = 'invalid_parameter_value',
      message = format('%s is no time such as "2030-01-31T09:00:00+01:00"', coalesce(end_of_sleep.wait -> 'until', 'null'));
  end if;
  return v_until;
end;
$$;

comment on function workflow_engine.end_of_sleep(jsonb, text, timestamptz) is
  'When a sleep of {"duration"} or {"until"} is over; raises a data exception for what is neither.';

-- The workflow of that name that a run of this organization may start: its own, else the platform's.
create or replace function workflow_engine.find_workflow(name text, organization_id text)
returns public.workflow
language sql
stable
set search_path = ''
as $$
  select w
  from public.workflow w
  where w.name = find_workflow.name
    and (w.organization_id = find_workflow.organization_id or w.organization_id is null)
  order by w.organization_id nulls last
  limit 1;
$$;

comment on function workflow_engine.find_workflow(text, text) is
  'The workflow of a name that a run of this organization may start.';

-- Why a run cannot start that child, or null.
create or replace function workflow_engine.find_child_fault(parent_run_id uuid, workflow text)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_parent public.workflow_run := (select r from public.workflow_run r where r.id = find_child_fault.parent_run_id);
  v_child public.workflow := workflow_engine.find_workflow(find_child_fault.workflow, v_parent.organization_id);
  v_max_depth integer := (select s.max_depth from workflow_engine.settings s);
begin
  return case
    when v_child.id is null then 'there is none of that name'
    when not v_child.is_active then 'it is not active'
    when v_parent.depth >= v_max_depth then format('it would be more than %s runs deep', v_max_depth)
  end;
end;
$$;

comment on function workflow_engine.find_child_fault(uuid, text) is
  'Why a run cannot start a child of this workflow, or null.';

-- Which member of a wait has no type that can be registered, or null. What is a text there is read as one. A path
-- looks into an array as if its items were there in its place, but for type(), which says that it is one.
create or replace function workflow_engine.find_shape_fault(wait jsonb)
returns text
language sql
immutable
set search_path = ''
as $$
  select format('its "%s" is no %s', m.name, m.expected)
  from (values
    ('sleep', 'duration', '!exists($.duration) || $.duration.type() != "null"', 'length of time'),
    ('event', 'match', '!exists($.match) || $.match.type() == "object"', 'object'),
    ('approval', 'message', '$.message.type() == "string"', 'text'),
    ('approval', 'details', '!exists($.details) || $.details.type() == "object"', 'object'),
    ('approval', 'tokens', '!exists($.tokens) || $.tokens.type() == "array" && !exists($.tokens[*].type() ? (@ != "object")) && !exists(
      $.tokens[*] ? (!(@.recipient.type() == "string" && @.hash.type() == "string" && @.hash like_regex "^[0-9a-f]{64}$"))
    )', 'array of {"recipient", "hash"}'),
    ('run', 'input', '!exists($.input) || $.input.type() == "object"', 'object'),
    ('run', 'wait', '!exists($.wait) || $.wait.type() == "boolean"', 'boolean'),
    ('run', 'on_failure', '!exists($.on_failure) || $.on_failure.type() == "string" && ($.on_failure == "fail" || $.on_failure == "continue")', '"fail" or "continue"')
  ) m (kind, name, condition, expected)
  where m.kind = find_shape_fault.wait ->> 'kind'
    and jsonb_path_match(find_shape_fault.wait, m.condition::jsonpath, silent => true) is not true
  limit 1;
$$;

comment on function workflow_engine.find_shape_fault(jsonb) is
  'Which member of a wait cannot be registered, as "its … is no …", or null.';

-- Reads what an attempt says that it waits for. A reminded approval keeps its expiry and its interval.
create or replace function workflow_engine.read_wait(
  log public.workflow_action_logs,
  wait jsonb,
  timeout_ms double precision,
  at_time timestamptz
)
returns workflow_engine.wait
language plpgsql
stable
set search_path = ''
as $$
declare
  v_kind text := coalesce(read_wait.wait ->> 'kind', 'callback');
  v_due_at timestamptz;
  v_fault text := workflow_engine.find_shape_fault(read_wait.wait);
begin
  if v_fault is not null then
    return row(null::text, null::timestamptz, v_fault);
  end if;
  v_due_at := read_wait.at_time + coalesce(
    workflow_engine.wait_of(read_wait.timeout_ms),
    workflow_engine.to_duration(coalesce(read_wait.wait ->> 'timeout', read_wait.wait ->> 'expires_in')),
    (select s.waiting_timeout from workflow_engine.settings s)
  );
  if v_kind = 'sleep' then
    v_due_at := workflow_engine.end_of_sleep(read_wait.wait, v.timezone, read_wait.at_time)
    from workflow_engine.workflow_version v
    where v.workflow_id = (read_wait.log).workflow_id and v.version = (read_wait.log).workflow_version;
  elsif v_kind = 'event' then
    perform workflow_engine.to_duration(read_wait.wait ->> 'look_back');
    v_fault := case
      when workflow_engine.is_event_name(read_wait.wait ->> 'event') is not true
        then format('"%s" is not the name of an event', left(read_wait.wait ->> 'event', 300))
    end;
  elsif v_kind = 'approval' and workflow_engine.to_duration(read_wait.wait ->> 'remind_after') < interval '1 minute' then
    v_fault := 'remind_after is less than a minute';
  elsif v_kind = 'approval' then
    v_due_at := coalesce(
      workflow_engine.ask_again_at((read_wait.log).id, read_wait.at_time),
      least(v_due_at, workflow_engine.next_reminder(0, workflow_engine.to_duration(read_wait.wait ->> 'remind_after'), read_wait.at_time))
    );
  elsif v_kind = 'run' then
    v_due_at := 'infinity';
    v_fault := workflow_engine.find_child_fault((read_wait.log).run_id, read_wait.wait ->> 'workflow');
  elsif v_kind <> 'callback' then
    v_fault := format('"%s" is nothing that an action can wait for', v_kind);
  end if;
  return row(case when v_fault is null then v_kind end, v_due_at, v_fault);
exception
  when data_exception then
    return row(null::text, null::timestamptz, sqlerrm);
end;
$$;

comment on function workflow_engine.read_wait(public.workflow_action_logs, jsonb, double precision, timestamptz) is
  'What an attempt waits for and until when, or why it cannot.';
