begin;
select plan(1);

select test.deploy('[
  {"name": "book", "action_type": "log", "compensate_with": "cancel"},
  {"name": "pay", "action_type": "log", "order": 2},
  {"name": "cancel", "action_type": "log"}
]', '{"trigger": "undone"}');
select test.deploy('[{"name": "a", "action_type": "log"}]', '{"name": "other", "trigger": "ends"}');
select test.start_run(event => 'undone');
select test.work_off('{"pay": {"status": "failed", "final": true}}');
select test.start_run(event => 'ends');
select test.work_off('{"a": {"status": "failed", "final": true}}');
select test.start_run(event => 'ends');
select test.work_off();
select test.start_run(event => 'ends');
select test.start_run(event => 'ends');
select public.workflow_pause((select max(id::text)::uuid from public.workflow_run));

select results_eq(
  $$
    select o.name, public.workflow_bulk(o.name, '{"created_after": "2000-01-01"}') -> 'matched'
    from unnest(array['pause', 'replay', 'resume', 'retry', 'stop']) o (name)
  $$,
  $$values ('pause', jsonb '1'), ('replay', '3'), ('resume', '1'), ('retry', '1'), ('stop', '2')$$,
  'a running, three ended, a paused, a failed that was not undone, two unfinished'
);

select * from finish();
rollback;
