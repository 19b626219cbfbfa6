-- The name of a log's action, for what outlives its definition.
create or replace function workflow_engine.action_name(log public.workflow_action_logs)
returns text
language sql
stable
set search_path = ''
as $$
  select a.name
  from workflow_engine.action_version a
  where a.workflow_id = (action_name.log).workflow_id and a.version = (action_name.log).workflow_version
    and a.workflow_action_id = (action_name.log).workflow_action_id;
$$;

comment on function workflow_engine.action_name(public.workflow_action_logs) is
  'The name of an action log''s action; null when its workflow was deleted.';
