begin;
select plan(2);

select test.deploy('[{"name": "a", "action_type": "log"}, {"name": "b", "action_type": "log", "depends_on": ["a"]}]');

select throws_ok(
  $$delete from public.workflow_action where name = 'a'$$,
  'PT422',
  'Cannot save action "b" of workflow "w" at /depends_on: it names "a", which this workflow does not have',
  'an action that another one follows stays'
);
select lives_ok($$delete from public.workflow_action$$, 'both may go together');

select * from finish();
rollback;
