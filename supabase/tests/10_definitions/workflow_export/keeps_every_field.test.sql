begin;
select plan(2);

create temporary table given on commit drop as
select '{
  "name": "all", "organization_id": "acme", "description": "d", "trigger": "t", "phase": "before", "interval": 5,
  "relative_to": "$.event.at", "timezone": "Europe/Berlin", "if_past": "run_if_within", "if_past_within": 3,
  "condition": "$.event.a == 1", "vars": {"v": [1, null]}, "priority": 1,
  "actions": [
    {"name": "a", "action_type": "http_request", "order": 2, "target_endpoint": "https://example.com/{{ $.event.id }}",
      "headers": {"x": "y"}, "payload": {"url": "https://example.com", "secret": {"$secret": "s"}}, "depends_on": [], "run_if": "always",
      "condition": "$.event.b == 1", "for_each": "$.event.items", "max_concurrency": 3, "tolerated_failure_count": 1,
      "tolerated_failure_percentage": 12.5, "continue_on_failure": true, "compensate_with": "u", "delay": "00:05:00",
      "timeout_seconds": 5, "max_retries": 1, "backoff_base": "00:00:01", "backoff_factor": 3, "backoff_cap": "01:00:00", "priority": 2},
    {"name": "b", "action_type": "log", "order": 3, "depends_on": ["a"], "join_count": 1},
    {"name": "u", "action_type": "log", "order": 9}
  ]
}'::jsonb as document;

create temporary table deployed on commit drop as select (public.workflow_deploy(document) ->> 'workflow_id')::uuid as id from given;

select is(
  public.workflow_export(id),
  document,
  'a document that uses every field comes back as it was'
)
from given, deployed;
select is(
  (
    select array_agg(c.column_name::text order by 1)
    from information_schema.columns c
    where c.table_schema = 'public' and c.table_name in ('workflow', 'workflow_action')
      and c.column_name not in ('id', 'workflow_id', 'version', 'is_active', 'created_at', 'updated_at')
      and not jsonb_path_exists(document, '$.*[*] ? (exists(@.keyvalue() ? (@.key == $name)))', jsonb_build_object('name', c.column_name))
      and not document ? c.column_name
  ),
  null,
  'and there is no other'
)
from given;

select * from finish();
rollback;
