-- They run side by side; what follows waits for all of them.
begin;
select plan(3);

select test.create_workflow('w', '{1,1,2}');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() as answer;

select is(jsonb_array_length(answer -> 'claims'), 2, 'both of one order are claimed at once') from claimed;

select test.report(test.claim_of(answer, 'b'), '{"status": "completed"}') from claimed;
select is(test.statuses(run), '{"a": "processing", "b": "completed"}', 'one of them is not enough') from given;

select test.report(test.claim_of(answer, 'a'), '{"status": "completed"}') from claimed;
select is(test.statuses(run), '{"a": "completed", "b": "completed", "c": "not_started"}', 'both are') from given;

select * from finish();
rollback;
