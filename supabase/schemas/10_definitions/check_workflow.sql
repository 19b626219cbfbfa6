-- Checks a definition's expressions before the row is written, so that an error names the field and
-- nothing is half saved. The default zone is not looked up: that reads every zone's file, for 20 ms.
create or replace function workflow_engine.check_workflow()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform workflow_engine.check_condition(new.condition, format('workflow "%s" at /condition', new.name));
  perform workflow_engine.check_path(new.relative_to, format('workflow "%s" at /relative_to', new.name));
  if new.timezone <> 'UTC' and not exists (select from pg_catalog.pg_timezone_names z where z.name = new.timezone) then
    perform workflow_engine.raise_error(
      'PT422', 'definition.timezone_unknown',
      format('Cannot save workflow "%s" at /timezone: "%s" is not an IANA time zone', new.name, new.timezone),
      'Use a name such as Europe/Berlin or UTC.'
    );
  end if;
  new.updated_at := workflow_engine.clock();
  return new;
end;
$$;

comment on function workflow_engine.check_workflow() is
  'Security definer because the writer of a definition may not reach workflow_engine. Before a workflow is written: raises PT422 for what cannot be compiled.';

create or replace trigger check_workflow
  before insert or update of name, condition, relative_to, timezone on public.workflow
  for each row execute function workflow_engine.check_workflow();

-- Checks an action's expressions, templates and literal URLs, names it after its type when it has no
-- name, and gives it its workflow's organization.
create or replace function workflow_engine.check_workflow_action()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_where text;
begin
  new.name := coalesce(new.name, new.action_type);
  new.updated_at := workflow_engine.clock();
  select w.organization_id, format('action "%s" of workflow "%s" at ', new.name, w.name)
  into new.organization_id, v_where
  from public.workflow w
  where w.id = new.workflow_id;
  perform workflow_engine.check_condition(new.condition, v_where || '/condition');
  perform workflow_engine.check_path(new.for_each, v_where || '/for_each');
  if new.action_type = 'choice' then
    perform workflow_engine.check_condition(r.condition, v_where || '/payload/choices/' || (r.number - 1) || '/if')
    from workflow_engine.read_rules(new.payload) r;
  else
    perform workflow_engine.compile_template(
      jsonb_build_object('payload', new.payload, 'target_endpoint', new.target_endpoint, 'headers', new.headers), v_where, '[]'
    );
  end if;
  if new.target_endpoint is null then
    perform workflow_engine.check_wait(new.action_type, new.payload, v_where);
  end if;
  if new.target_endpoint !~ '\{\{' and new.target_endpoint !~ '^/[^/\\]' then
    perform workflow_engine.check_url(new.target_endpoint, v_where || '/target_endpoint');
  end if;
  if new.action_type = 'http_request' and new.target_endpoint is null and new.payload ->> 'url' !~ '\{\{' then
    perform workflow_engine.check_url(new.payload ->> 'url', v_where || '/payload/url');
  end if;
  return new;
end;
$$;

comment on function workflow_engine.check_workflow_action() is
  'Security definer because the writer of a definition may not reach workflow_engine. Before an action is written: raises PT422 for what cannot be compiled or must not be called.';

create or replace trigger check_workflow_action
  before insert or update on public.workflow_action
  for each row execute function workflow_engine.check_workflow_action();
