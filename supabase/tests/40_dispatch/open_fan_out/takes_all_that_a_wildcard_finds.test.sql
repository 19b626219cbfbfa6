begin;
select plan(2);

select test.deploy('[{"name": "each", "action_type": "log", "for_each": "$.event.lines[*] ? (@.open == true)", "payload": {"n": "{{ $.item.n }}"}}]');
create temporary table given on commit drop as
select test.start_run('{"lines": [{"n": 1, "open": true}, {"n": 2, "open": false}, {"n": 3, "open": true}]}') as run;

select is(
  jsonb_path_query_array(test.claim(), '$.claims[*].values'),
  '[[1], [3]]',
  'a path with a wildcard makes the array'
);
select test.start_run('{"lines": []}');
select test.work_off();
select is((select count(*) from public.workflow_run where status = 'completed'), 1::bigint, 'and an empty one where it finds nothing');

select * from finish();
rollback;
