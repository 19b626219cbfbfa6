begin;
select plan(2);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}, "a": {"status": "failed", "final": true}}');

select results_eq(
  $$
    select e ->> 'kind', e ->> 'action', e ->> 'run_id' = c.id::text
    from given
    join public.workflow_run c on c.parent_run_id = run
    cross join lateral jsonb_array_elements(public.workflow_timeline(run) -> 'entries') e
    where e ->> 'kind' like 'child%'
  $$,
  $$values ('child_started', 'ask', true), ('child_failed', 'ask', true)$$,
  'when they began and how they ended'
);
select is(
  public.workflow_timeline(c.id) #>> '{entries,0,parent_run_id}', run::text, 'and a child''s of its parent'
)
from given
join public.workflow_run c on c.parent_run_id = run;

select * from finish();
rollback;
