-- Directly, or as the item of a fan-out.
begin;
select plan(2);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[
  {"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}},
  {"name": "each", "action_type": "start_workflow", "payload": {"workflow": "child"}, "for_each": "$.event.items"}
]'), test.start_run('{"items": [1, 2]}') as run;
select test.report(c, '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}')
from jsonb_array_elements(test.claim() -> 'claims') c;
select test.report(c, '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}')
from (select test.claim() as answer) a, jsonb_array_elements(answer -> 'claims') c
where answer -> 'actions' -> (c ->> 'action') ->> 'name' = 'each';
select public.workflow_stop(action_id => (test.log_of(run, 'ask')).id, reason => 'Enough', actor => 'grace') from given;
select public.workflow_stop(action_id => (test.log_of(run, 'each')).id, actor => 'grace') from given;

select results_eq(
  $$
    select h.actor, h.reason
    from given, public.workflow_run c
    join public.workflow_history h on h.run_id = c.id and h.kind = 'stopped'
    where c.parent_run_id = run
    order by h.id
  $$,
  $$values
    ('grace', 'Enough'), ('grace', 'The action that started it was stopped'), ('grace', 'The action that started it was stopped')$$,
  'with the reason, if there is one'
);
select is_empty(
  $$select from public.workflow_run c where c.parent_run_id is not null and c.status <> 'stopped'$$, 'and all of them are stopped'
);

select * from finish();
rollback;
