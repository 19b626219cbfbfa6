begin;
select plan(5);

select is(
  test.error_of('select public.workflow_stop()') - 'hint',
  '{"code": "PT422", "details": "control.target_invalid", "message": "Cannot stop: name exactly one thing, not 0"}',
  'not none'
);
select is(test.error_of($$select public.workflow_stop(related_table => 'public.a')$$) ->> 'code', 'PT422', 'not half a record');
select is(test.error_of($$select public.workflow_stop(related_table_pkey => '1')$$) ->> 'code', 'PT422', 'nor the other half');
select is(
  test.error_of($$select public.workflow_stop('00000000-0000-7000-8000-000000000000', related_table => 'public.a', related_table_pkey => '1')$$) ->> 'code',
  'PT422',
  'not two'
);
select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
select is(
  test.error_of(format('select public.workflow_stop(%L, related_table => %L)', run, 'public.a')) ->> 'code', 'PT422', 'nor one and a half'
)
from given;

select * from finish();
rollback;
