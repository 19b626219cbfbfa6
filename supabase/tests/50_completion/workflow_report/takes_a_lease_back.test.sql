-- A worker that ends gives back what it did not do; that costs no try.
begin;
select plan(2);

select test.create_workflow('w');
update public.workflow_action set max_retries = 0;
select test.start_run();
select test.report(test.claim() #> '{claims,0}', '{"status": "released"}');

select results_eq(
  'select status, attempt, tries, lease_expires_at is null, execute_at <= workflow_engine.clock() from public.workflow_action_logs',
  $$values ('not_started', 1, 0, true, true)$$,
  'it is due again at once'
);

select is(test.claim() #> '{claims,0,attempt}', '2', 'and somebody else takes it');

select * from finish();
rollback;
