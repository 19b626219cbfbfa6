-- Runs need the versions that would go with it.
begin;
select plan(3);

select test.create_workflow('w');
select test.start_run();

select throws_ok(
  $$delete from public.workflow where name = 'w'$$,
  'PT409',
  'Cannot delete workflow "w": it has unfinished runs',
  'while a run is unfinished, a delete is refused'
);

select test.work_off();

select lives_ok(
  $$delete from public.workflow where name = 'w'$$,
  'when its runs have ended, it can go'
);

select is(
  (select count(*) from public.workflow_run where status = 'completed'),
  1::bigint,
  'and its finished runs stay'
);

select * from finish();
rollback;
