-- A retry of the action waits again, and may take the event that answered before.
begin;
select plan(1);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "order.paid", "match": {"n": 1}}') as run;
select public.workflow_stop(run) from given;
select public.workflow_emit('order.paid', '{"n": 1}');
select test.work_off();
select public.workflow_retry(run) from given;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "event", "event": "order.paid", "match": {"n": 1}}}}');

select results_eq(
  $$select l.status, l.attempt, l.output #> '{event,payload,n}' from given, test.log_of(run, 'ask') l$$,
  $$values ('completed', 2, jsonb '1')$$,
  'what came while the run was stopped counts'
);

select * from finish();
rollback;
