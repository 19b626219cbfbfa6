begin;
select plan(1);

create temporary table given on commit drop as select test.start_wait('{"kind": "callback"}') as run;
select test.forget_rings();
select public.workflow_answer(l.id, l.attempt, '{"status": "retry", "error": "Busy", "retry_after_ms": 0}')
from given
cross join lateral test.log_of(run, 'ask') l;

select is(test.count_rings(), 1::bigint, 'for an attempt that is to be made at once');

select * from finish();
rollback;
