begin;
select plan(4);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "order.paid", "timeout": "3 days"}') as run;
select test.travel('71 hours');
select is(test.work_off(), 0, 'not before it is over');
select test.travel('2 hours');
select is(test.work_off(), 1, 'the run goes on');

select results_eq(
  $$select l.status, l.output, l.error from given, test.log_of(run, 'ask') l$$,
  $$values ('completed', jsonb '{"timed_out": true, "event": null}', null)$$,
  'nothing has failed'
);
select is_empty('select from workflow_engine.event_wait', 'and nobody waits any more');

select * from finish();
rollback;
