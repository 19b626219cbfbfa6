begin;
select plan(2);

select test.create_workflow('w');
select test.start_run();
create temporary table given on commit drop as
select test.claim() #> '{claims,0}' as first;
select test.report(first, '{"status": "released"}') from given;

select is(
  (select test.claim() #> '{claims,0}' ->> 'attempt'),
  '2',
  'the second claim is the second attempt'
);

select is(
  (select first ->> 'idempotency_key' from given),
  (select id::text from public.workflow_action_logs),
  'the idempotency key stays the same'
);

select * from finish();
rollback;
