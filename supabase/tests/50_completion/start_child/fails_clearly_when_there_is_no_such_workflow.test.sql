begin;
select plan(2);

select test.create_workflow('of b', trigger => 'never', organization_id => 'b');
select test.create_workflow('asleep', trigger => 'never');
update public.workflow set is_active = false where name = 'asleep';
select test.create_workflow('w', '{1,1,1}');
create temporary table given on commit drop as
select (public.workflow_emit('test.happened', organization_id => 'a') #>> '{runs,0,id}')::uuid as run;
select test.work_off('{
  "a": {"status": "waiting", "wait": {"kind": "run", "workflow": "nowhere"}},
  "b": {"status": "waiting", "wait": {"kind": "run", "workflow": "asleep"}},
  "c": {"status": "waiting", "wait": {"kind": "run", "workflow": "of b"}}
}');

select results_eq(
  'select l.name, (l.log).status, (l.log).final, (l.log).error from given, test.logs(run) l order by l.name',
  $$values
    ('a', 'failed', true, 'Cannot start workflow "nowhere": there is none of that name'),
    ('b', 'failed', true, 'Cannot start workflow "asleep": it is not active'),
    ('c', 'failed', true, 'Cannot start workflow "of b": there is none of that name')$$,
  'for good, and without a word about other organizations'
);
select is((select count(*) from public.workflow_run), 1::bigint, 'nothing is started');

select * from finish();
rollback;
