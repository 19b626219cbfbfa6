begin;
select plan(2);

select test.create_workflow('w');
select test.start_run(jsonb_build_object('n', n)) from generate_series(1, 3) n;
create temporary table given on commit drop as select test.claim() as answer;

select is((select count(*) from given, jsonb_object_keys(answer -> 'actions')), 1::bigint, 'three claims share one action');
select is((select jsonb_array_length(answer -> 'claims') from given), 3, 'each is there');

select * from finish();
rollback;
