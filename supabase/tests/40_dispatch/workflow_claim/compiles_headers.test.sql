begin;
select plan(2);

select test.deploy('[{"name": "a", "action_type": "log", "target_endpoint": "https://example.com/{{ $.event.id }}", "headers": {"x-order": "Order {{ $.event.id }}"}}]');
select test.start_run('{"id": 7}');
create temporary table given on commit drop as select test.claim() as answer;

select is(
  jsonb_path_query_first(answer, '$.actions.*.template.headers'),
  '{"x-order": {"$template": ["Order ", 0]}}',
  'headers are a template, too'
)
from given;
select is(answer #> '{claims,0,values}', '[7, 7]', 'and so is the endpoint') from given;

select * from finish();
rollback;
