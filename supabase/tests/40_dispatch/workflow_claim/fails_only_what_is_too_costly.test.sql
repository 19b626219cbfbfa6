-- Two wildcards over much data: its own action fails, the batch goes on.
begin;
select plan(3);

select test.create_workflow('costly', '{1,2}', 'costly');
select test.create_workflow('cheap', trigger => 'cheap');
update public.workflow_action set condition = 'exists($.event.a[*].b[*] ? (@ == "x"))'
where name = 'a' and workflow_id = (select id from public.workflow where name = 'costly');
update workflow_engine.settings set costly_expression_bytes = 2000;

create temporary table given on commit drop as
select
  test.start_run(jsonb_build_object('pad', repeat('y', 2000)), 'costly') as costly,
  test.start_run('{}', 'cheap') as cheap;

select test.work_off();

select is(test.run_status(cheap), 'completed', 'the other run completes') from given;
select is(test.run_status(costly), 'failed', 'its own fails') from given;

select results_eq(
  'select l.status, l.final, l.error from public.workflow_action_logs l, given where l.run_id = costly and l.error is not null',
  $$values ('failed', true, 'An expression has two wildcards and its data is too large for that')$$,
  'and says why'
);

select * from finish();
rollback;
