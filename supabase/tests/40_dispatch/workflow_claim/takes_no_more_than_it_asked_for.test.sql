begin;
select plan(3);

select test.create_workflow('w');
select test.start_run() from generate_series(1, 3);
create temporary table given on commit drop as select test.claim(2) as answer;

select is(jsonb_array_length(answer -> 'claims'), 2, 'two of three') from given;
select is(answer -> 'next_due_ms', '0', 'and the third is due now') from given;
select is(jsonb_array_length(test.claim(2) -> 'claims'), 1, 'the next claim takes it');

select * from finish();
rollback;
