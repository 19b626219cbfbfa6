-- The members that the payload of a waiting action may have, and what each must be: an interval, a time, a
-- length of at least a minute, a name (a text without placeholders), a text, an object, a boolean, one of some texts,
-- or addresses of mail. http_request has other members beside these, which its handler knows.
create or replace function workflow_engine.wait_fields(action_type text)
returns table (name text, kind text, is_required boolean)
language sql
immutable
set search_path = ''
as $$
  select f.name, f.kind, f.is_required
  from (values
    ('sleep', 'duration', 'interval', true),
    ('sleep_until', 'until', 'time', true),
    ('wait_for_event', 'event', 'name', true),
    ('wait_for_event', 'match', 'object', false),
    ('wait_for_event', 'timeout', 'interval', false),
    ('wait_for_event', 'look_back', 'interval', false),
    ('approval', 'message', 'text', true),
    ('approval', 'role', 'text', false),
    ('approval', 'details', 'object', false),
    ('approval', 'to', 'addresses', false),
    ('approval', 'from', 'address', false),
    ('approval', 'subject', 'text', false),
    ('approval', 'expires_in', 'interval', false),
    ('approval', 'remind_after', 'minutes', false),
    ('start_workflow', 'workflow', 'text', true),
    ('start_workflow', 'input', 'object', false),
    ('start_workflow', 'wait', 'boolean', false),
    ('start_workflow', 'on_failure', 'fail or continue', false),
    ('http_request', 'wait_for_callback', 'boolean', false),
    ('http_request', 'callback_timeout', 'interval', false)
  ) f (action_type, name, kind, is_required)
  where f.action_type = wait_fields.action_type;
$$;

comment on function workflow_engine.wait_fields(text) is
  'The members by which the payload of an action says that it waits; none for actions that do not.';

-- Whether a literal value is of that kind. What has placeholders, or is a secret, is known only when it is filled.
create or replace function workflow_engine.is_wait_value(kind text, value jsonb)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
declare
  v_text text := is_wait_value.value #>> '{}';
begin
  if (jsonb_typeof(is_wait_value.value) = 'string' and v_text ~ '\{\{')
    or (jsonb_typeof(is_wait_value.value) = 'object' and is_wait_value.value ? '$secret')
  then
    return is_wait_value.kind <> 'name';
  end if;
  return case is_wait_value.kind
    when 'minutes' then jsonb_typeof(is_wait_value.value) = 'string' and workflow_engine.to_duration(v_text) >= interval '1 minute'
    when 'interval' then jsonb_typeof(is_wait_value.value) = 'string' and workflow_engine.to_duration(v_text) is not null
    when 'time' then workflow_engine.to_instant(is_wait_value.value, 'UTC') is not null
    when 'name' then jsonb_typeof(is_wait_value.value) = 'string' and workflow_engine.is_event_name(v_text)
    when 'text' then jsonb_typeof(is_wait_value.value) = 'string' and v_text <> ''
    when 'fail or continue' then v_text in ('fail', 'continue')
    when 'address' then jsonb_typeof(is_wait_value.value) = 'string' and v_text ~ '@' and length(v_text) >= 3
    when 'addresses' then case jsonb_typeof(is_wait_value.value)
      when 'array' then is_wait_value.value <> '[]' and not exists (
        select from jsonb_array_elements(is_wait_value.value) e where not workflow_engine.is_wait_value('address', e)
      )
      else workflow_engine.is_wait_value('address', is_wait_value.value)
    end
    else jsonb_typeof(is_wait_value.value) = is_wait_value.kind
  end;
exception
  when data_exception then
    return false;
end;
$$;

comment on function workflow_engine.is_wait_value(text, jsonb) is
  'Whether a literal value of a waiting action''s payload is of that kind.';

-- Which member of a payload needs another one beside it that it lacks.
create or replace function workflow_engine.find_pair_faults(action_type text, payload jsonb)
returns table (name text, fault text)
language sql
immutable
set search_path = ''
as $$
  select 'from', 'the key "from" is missing beside "to"'
  where find_pair_faults.action_type = 'approval' and find_pair_faults.payload ? 'to' and not find_pair_faults.payload ? 'from'
  union all
  select 'callback_timeout', 'it takes "wait_for_callback": true beside it'
  where find_pair_faults.action_type = 'http_request' and find_pair_faults.payload ? 'callback_timeout'
    and coalesce(find_pair_faults.payload -> 'wait_for_callback', 'false') = 'false';
$$;

comment on function workflow_engine.find_pair_faults(text, jsonb) is
  'Members of a waiting action''s payload that lack another one beside them.';

-- What is wrong with the payload of a waiting action: the member, and a sentence.
create or replace function workflow_engine.find_wait_faults(action_type text, payload jsonb)
returns table (name text, fault text)
language sql
stable
set search_path = ''
as $$
  select p.key, format('the key "%s" is not known', p.key)
  from jsonb_object_keys(case jsonb_typeof(find_wait_faults.payload) when 'object' then find_wait_faults.payload else '{}' end) p (key)
  where find_wait_faults.action_type <> 'http_request'
    and exists (select from workflow_engine.wait_fields(find_wait_faults.action_type))
    and p.key not in (select f.name from workflow_engine.wait_fields(find_wait_faults.action_type) f)
  union all
  select f.name, format('the key "%s" is missing', f.name)
  from workflow_engine.wait_fields(find_wait_faults.action_type) f
  where f.is_required and not find_wait_faults.payload ? f.name
  union all
  select f.name, case f.kind
    when 'interval' then format('%s is no length of time such as "15 minutes" or "PT15M"', p.value)
    when 'minutes' then format('%s is no length of time of at least a minute such as "1 day"', p.value)
    when 'time' then format('%s is no time such as "2030-01-31T09:00:00+01:00"', p.value)
    when 'name' then format('%s is no event''s name; it cannot have placeholders', p.value)
    when 'address' then format('%s is no e-mail address', p.value)
    when 'addresses' then format('%s is no e-mail address, and no list of them', p.value)
    else format('%s is no %s', p.value, f.kind)
  end
  from workflow_engine.wait_fields(find_wait_faults.action_type) f
  cross join lateral (select find_wait_faults.payload -> f.name as value) p
  where p.value is not null and not workflow_engine.is_wait_value(f.kind, p.value)
  union all
  select f.* from workflow_engine.find_pair_faults(find_wait_faults.action_type, find_wait_faults.payload) f;
$$;

comment on function workflow_engine.find_wait_faults(text, jsonb) is
  'What is wrong with the payload of a waiting action.';

-- Refuses a waiting action whose payload could not work, naming the first fault. `place` says whose it is.
create or replace function workflow_engine.check_wait(action_type text, payload jsonb, place text)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_fault record;
begin
  select * into v_fault from workflow_engine.find_wait_faults(check_wait.action_type, check_wait.payload) limit 1;
  if found then
    perform workflow_engine.raise_error(
      'PT422', 'definition.wait_invalid',
      format('Cannot save %s/payload/%s: %s', check_wait.place, v_fault.name, v_fault.fault),
      format('The keys by which %s waits: %s.', check_wait.action_type, (
        select string_agg(f.name, ', ') from workflow_engine.wait_fields(check_wait.action_type) f
      ))
    );
  end if;
end;
$$;

comment on function workflow_engine.check_wait(text, jsonb, text) is
  'Raises PT422 for a waiting action whose payload could not work.';
