begin;
select plan(2);

select test.create_workflow('w', '{1,1}');
create temporary table given on commit drop as select test.start_run() as run;
select public.workflow_pause(run) from given;
select test.claim();
select is((select array_agg(l.is_held) from public.workflow_action_logs l), array[true, true], 'both are held');
select public.workflow_stop(action_id => (test.log_of(run, 'a')).id) from given;

select results_eq(
  $$select name, (log).status, (log).is_held from given, test.logs(run) order by name$$,
  $$values ('a', 'stopped', false), ('b', 'not_started', true)$$,
  'what was stopped no more'
);

select * from finish();
rollback;
