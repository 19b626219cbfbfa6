-- Postgres' own form of JSON may be several times as large as the text, or smaller.
begin;
select plan(2);

select test.create_workflow('w');
update workflow_engine.settings set output_bytes = 3000;
create temporary table given on commit drop as select test.start_run() as run;

select test.work_off(jsonb_build_object('a', jsonb_build_object('output', (select jsonb_agg(1) from generate_series(1, 1000)))));
select is((test.log_of(run, 'a')).status, 'completed', '1,000 numbers of a digit are 3,000 bytes') from given;

update given set run = test.start_run();
select test.work_off(jsonb_build_object('a', jsonb_build_object('output', repeat(e'\n', 1500))));
select is((test.log_of(run, 'a')).error, 'The output has more than 3000 bytes', '1,500 ends of lines are 3,002') from given;

select * from finish();
rollback;
