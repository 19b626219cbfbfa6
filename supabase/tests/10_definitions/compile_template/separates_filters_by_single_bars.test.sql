-- A double bar is the path's own "or"; a bar in quotes is text.
begin;
select plan(3);

select is(
  workflow_engine.compile_placeholder(' $.event.name | default: ''you'' | upper ', ''),
  '{"path": "$.event.name", "filters": [{"name": "default", "arguments": ["you"]}, {"name": "upper", "arguments": []}], "required": false, "takes_all": false}',
  'filters apply in their order'
);

select is(
  workflow_engine.compile_placeholder('exists($.event.a) || $.event.b == "x|y" | json', ''),
  '{"path": "exists($.event.a) || $.event.b == \"x|y\"", "filters": [{"name": "json", "arguments": []}], "required": false, "takes_all": false}',
  'a double bar and a bar in quotes belong to the path'
);

select is(
  workflow_engine.compile_placeholder('$.event.list[*] | join: " | "', '') -> 'filters',
  '[{"name": "join", "arguments": [" | "]}]',
  'a bar in quotes belongs to the argument'
);

select * from finish();
rollback;
