-- max_concurrency
begin;
select plan(5);

select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items", "payload": {"message": "{{ $.item.v }}"}, "max_concurrency": 2},
  {"name": "end", "action_type": "log", "order": 2, "payload": {"all": "{{ $.actions.each.output }}"}}
]');
create temporary table given on commit drop as
select test.start_run('{"items": [{"v": 1}, {"v": 2}, {"v": 3}, {"v": 4}, {"v": 5}]}') as run;
create temporary table claimed on commit drop as select test.claim() as answer;

select is(jsonb_path_query_array(answer, '$.claims[*].values'), '[[1], [2]]', 'two may run at once') from claimed;
select is(test.claim() -> 'claims', '[]', 'nobody gets a third');

select test.report(answer #> '{claims,1}', '{"status": "completed"}') from claimed;
select is(jsonb_path_query_array(test.claim(), '$.claims[*].values'), '[[3]]', 'as one ends, the next one may');

select test.report(answer #> '{claims,0}', '{"status": "failed"}') from claimed;
select is(test.claim() -> 'claims', '[]', 'an item that waits for its retry keeps its place');
select is(test.items(run), array['not_started', 'completed', 'processing', 'not_started', 'not_started'], 'in the tables, too') from given;

select * from finish();
rollback;
