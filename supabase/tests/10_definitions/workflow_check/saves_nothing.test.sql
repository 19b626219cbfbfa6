begin;
select plan(3);

select test.create_workflow('w');
create temporary table before on commit drop as
select (select jsonb_agg(to_jsonb(w)) from public.workflow w) as workflows,
  (select jsonb_agg(to_jsonb(a)) from public.workflow_action a) as actions,
  (select count(*) from workflow_engine.workflow_version) as versions,
  (select count(*) from public.workflow_history) as history;

select public.workflow_check('{"name": "w", "trigger": "other", "actions": [{"name": "z", "action_type": "log"}]}');
select public.workflow_check('{"name": "new", "trigger": "other", "actions": [{"name": "z", "action_type": "log"}]}');
select public.workflow_check('{"name": "new", "actions": [{"name": "z z"}]}');

select results_eq(
  $$
    select (select jsonb_agg(to_jsonb(w)) from public.workflow w),
      (select jsonb_agg(to_jsonb(a)) from public.workflow_action a),
      (select count(*) from workflow_engine.workflow_version),
      (select count(*) from public.workflow_history)
  $$,
  'select * from before',
  'no row, no version, no history, whether the document is well or not'
);
select lives_ok(
  $$update public.workflow_action set max_retries = 1$$,
  'and what is saved afterwards'
);
select is((select max_retries from workflow_engine.action_version), 1, 'becomes a version as ever');

select * from finish();
rollback;
