-- Where an event is looked for: among those of its organization and its name. As a number, in which no organization
-- is one of its own. No `set` clause, here and below, so that they are inlined.
create or replace function workflow_engine.event_scope(organization_id text, name text)
returns bigint
language sql
immutable
return hashtextextended(name, coalesce(hashtextextended(organization_id, 1), 0));

comment on function workflow_engine.event_scope(text, text) is
  'The hash of an event''s organization and name.';

-- What an event says, or must say, within its scope: an index on that finds none of another organization's.
create or replace function workflow_engine.scoped(scope bigint, payload jsonb)
returns jsonb
language sql
immutable
return jsonb_set('{}', array[scope::text], payload);

comment on function workflow_engine.scoped(bigint, jsonb) is
  'A payload, or a match, under the number of its scope.';
