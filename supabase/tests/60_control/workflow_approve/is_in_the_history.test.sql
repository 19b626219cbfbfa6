begin;
select plan(1);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "tokens": []}', organization_id => 'a') as run;
select public.workflow_approve(a.id, 'Fine', 'Ada') from public.workflow_approval a;

select results_eq(
  $$
    select h.organization_id, h.run_id = run, h.action_log_id = (test.log_of(run, 'ask')).id, h.attempt, h.actor, h.reason,
      h.detail ->> 'approval_id' = a.id::text
    from given, public.workflow_history h, public.workflow_approval a
    where h.kind = 'approved'
  $$,
  $$values ('a', true, true, 1, 'Ada', 'Fine', true)$$,
  'who, when and why'
);

select * from finish();
rollback;
