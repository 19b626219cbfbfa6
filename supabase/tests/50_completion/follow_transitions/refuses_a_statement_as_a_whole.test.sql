-- One forbidden row, and none of the statement is written.
begin;
select plan(2);

select test.create_workflow('w', '{1,1}');
select test.start_run();
create temporary table given on commit drop as select test.claim() as answer;
select test.report(test.claim_of(answer, 'a'), '{"status": "completed"}') from given;

select throws_ok(
  $$update public.workflow_action_logs set status = 'failed'$$,
  'PT409',
  null,
  'one row is completed already'
);

select is((select count(*) from public.workflow_action_logs where status = 'processing'), 1::bigint, 'the other one is not changed either');

select * from finish();
rollback;
