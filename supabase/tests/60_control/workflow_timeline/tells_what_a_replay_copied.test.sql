-- What completed in the run that it repeats was not done in this one.
begin;
select plan(2);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "b", "action_type": "log", "order": 2, "condition": "1 == 2"},
  {"name": "c", "action_type": "log", "order": 3}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off();
create temporary table replayed on commit drop as
select (public.workflow_replay(run, 'c', actor => 'Ada') ->> 'run_id')::uuid as run from given;
select test.work_off();
create temporary table told on commit drop as
select e, n from replayed, jsonb_array_elements(public.workflow_timeline(run) -> 'entries') with ordinality t (e, n);

select results_eq(
  $$select e ->> 'kind', e ->> 'action', e ->> 'status' from told order by n$$,
  $$values
    ('replayed', null, null), ('run_created', null, null), ('action_copied', 'a', 'completed'), ('action_copied', 'b', 'skipped'),
    ('action_ready', 'c', null), ('attempt_started', 'c', null), ('action_completed', 'c', null), ('run_completed', null, null)$$,
  'is told as copied'
);
select ok(
  (e ->> 'completed_at')::timestamptz < (e ->> 'at')::timestamptz and (e ->> 'attempt')::integer = 1, 'with when it was done'
)
from told
where e ->> 'action' = 'a';

select * from finish();
rollback;
