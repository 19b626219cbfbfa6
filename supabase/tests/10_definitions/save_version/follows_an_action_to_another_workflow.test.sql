begin;
select plan(1);

select test.create_workflow('left', '{1,2}');
select test.create_workflow('joined', '{}');

update public.workflow_action
set workflow_id = (select id from public.workflow where name = 'joined')
where name = 'b';

select results_eq(
  'select w.name, a.name from workflow_engine.action_version a join public.workflow w on w.id = a.workflow_id and w.version = a.version order by 2',
  $$values ('left', 'a'), ('joined', 'b')$$,
  'both workflows have a version that says so'
);

select * from finish();
rollback;
