begin;
select plan(2);

select test.create_workflow('on');
select test.create_workflow('off');
update public.workflow set is_active = false where name = 'off';

select is(
  jsonb_array_length(public.workflow_emit('test.happened') -> 'runs'),
  1,
  'only the active one starts'
);

update public.workflow set is_active = true;

select is(
  jsonb_array_length(public.workflow_emit('test.happened') -> 'runs'),
  2,
  'switched on again, the other one starts too'
);

select * from finish();
rollback;
