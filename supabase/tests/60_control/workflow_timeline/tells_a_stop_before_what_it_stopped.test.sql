begin;
select plan(2);

select test.deploy('[{"name": "a", "action_type": "log"}, {"name": "b", "action_type": "log", "order": 2, "run_if": "always"}]');
create temporary table given on commit drop as select test.start_run() as run;
select test.claim();
select public.workflow_stop(action_id => (test.log_of(run, 'a')).id) from given;
select test.claim();
select public.workflow_stop(run) from given;
create temporary table told on commit drop as
select e, n from given, jsonb_array_elements(public.workflow_timeline(run) -> 'entries') with ordinality t (e, n);

select results_eq(
  $$select e ->> 'kind', e ->> 'action' from told order by n$$,
  $$values
    ('run_created', null), ('action_ready', 'a'), ('attempt_started', 'a'),
    ('stopped', 'a'), ('attempt_stopped', 'a'), ('action_stopped', 'a'), ('action_ready', 'b'), ('attempt_started', 'b'),
    ('stopped', null), ('attempt_stopped', 'b'), ('action_stopped', 'b'), ('run_stopped', null)$$,
  'an action''s, and a run''s'
);
select is(count(distinct e ->> 'at'), 2::bigint, 'each with all that it stopped at one time')
from told
where e ->> 'kind' like '%stopped';

select * from finish();
rollback;
