begin;
select plan(3);

select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items", "payload": {"message": "{{ $.item.v }}"}, "backoff_base": "0"},
  {"name": "end", "action_type": "log", "order": 2, "payload": {"all": "{{ $.actions.each.output }}"}}
]');
create temporary table given on commit drop as select test.start_run('{"items": [{"v": 1}, {"v": 2}]}') as run;
create temporary table claimed on commit drop as select test.claim() as answer;

select test.report(answer #> '{claims,0}', '{"status": "completed", "output": "first"}') from claimed;
select test.report(answer #> '{claims,1}', '{"status": "failed", "error": "for now"}') from claimed;

create temporary table retried on commit drop as select test.claim() as answer;
select is(
  jsonb_path_query_array(answer, '$.claims[*].id'),
  (select jsonb_build_array(c.answer #> '{claims,1,id}') from claimed c),
  'the failed one comes again'
)
from retried;
select is(answer #> '{claims,0,attempt}', '2', 'as its own second attempt') from retried;
select test.report(answer #> '{claims,0}', '{"status": "completed", "output": "second"}') from retried;

select is((test.log_of(run, 'each')).output, '["first", "second"]', 'and its result takes its place') from given;

select * from finish();
rollback;
