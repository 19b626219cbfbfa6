-- What failed together does not come back together.
begin;
select plan(4);

create temporary table given on commit drop as
select workflow_engine.backoff(1, '1 minute', 2, '1 day') as wait from generate_series(1, 200);

select ok((select min(wait) >= interval '2 minutes' and max(wait) <= interval '132 seconds' from given), 'up to a tenth more');
select ok((select max(wait) - min(wait) > interval '6 seconds' from given), 'spread over that tenth');
select is(workflow_engine.backoff(5, '0', 2, '1 day'), interval '0', 'a base of nothing waits for nothing');
select ok(workflow_engine.backoff(100, '1 minute', 10, '1 day') <= interval '26.4 hours', 'a hundred tries do not overflow');

select * from finish();
rollback;
