begin;
select plan(1);

create temporary table given on commit drop as
select test.start_wait('{"kind": "sleep", "until": "2020-01-31T09:00:00"}') as run;

select is(test.run_status(run), 'completed', 'in the same round') from given;

select * from finish();
rollback;
