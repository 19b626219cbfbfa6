begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "go"}', organization_id => 'a') as run;
select public.workflow_signal(run, 'go', actor => 'Ada') from given;

select results_eq(
  $$select e.source, e.run_id = run, e.organization_id, e.expanded_at is not null from given, public.workflow_event e where e.name = 'go'$$,
  $$values ('signal', true, 'a', true)$$,
  'and so does its event'
);
select results_eq(
  $$
    select h.run_id = run, h.organization_id, h.actor, h.detail ->> 'name', h.detail ->> 'event_id' = e.id::text
    from given, public.workflow_history h, public.workflow_event e
    where h.kind = 'signaled' and e.name = 'go'
  $$,
  $$values (true, 'a', 'Ada', 'go', true)$$,
  'the history tells who sent what'
);

select * from finish();
rollback;
