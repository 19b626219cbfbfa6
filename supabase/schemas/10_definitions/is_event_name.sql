-- What may be the name of an event, wherever one is given: of triggers, waits, signals and emits. No `set` clause,
-- so that it is inlined.
create or replace function workflow_engine.is_event_name(name text)
returns boolean
language sql
immutable
return name ~ '^[^\s[:cntrl:]]([^[:cntrl:]]{0,253}[^\s[:cntrl:]])?$';

comment on function workflow_engine.is_event_name(text) is
  'Whether a text may be the name of an event: 1 to 255 characters, no control characters, no space at its ends.';

-- Refuses what somebody tells the engine that is no event.
create or replace function workflow_engine.check_event(verb text, name text, payload jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if workflow_engine.is_event_name(check_event.name) is not true then
    perform workflow_engine.raise_error(
      'PT422', 'event.invalid',
      format('Cannot %s "%s": that is not the name of an event', check_event.verb, left(check_event.name, 300)),
      'Pass a name such as order.paid: 1 to 255 characters, no control characters, no space at its ends.'
    );
  elsif jsonb_typeof(check_event.payload) is distinct from 'object' then
    perform workflow_engine.raise_error(
      'PT422', 'event.invalid',
      format('Cannot %s "%s": its payload is a JSON %s, not an object', check_event.verb, check_event.name,
        coalesce(jsonb_typeof(check_event.payload), 'null')),
      'Pass a JSON object.'
    );
  end if;
end;
$$;

comment on function workflow_engine.check_event(text, text, jsonb) is
  'Raises PT422 for a name or a payload that no event can have.';
