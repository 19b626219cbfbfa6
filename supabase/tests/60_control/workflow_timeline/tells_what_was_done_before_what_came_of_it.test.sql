-- An action that followed a paused run's is ready when the run is resumed; one that follows an approval, when
-- that is given; all of a retry after the retry.
begin;
select plan(2);

select test.create_workflow('w', '{1,2}');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() #> '{claims,0}' as claim;
select public.workflow_pause(run) from given;
select test.report(claim, '{"status": "completed"}') from claimed;
select public.workflow_resume(run) from given;
select public.workflow_stop(run) from given;
select public.workflow_retry(run) from given;
select test.work_off();
select test.deploy('[{"name": "ask", "action_type": "approval", "payload": {"message": "Well?"}}, {"name": "next", "action_type": "log", "order": 2}]', '{"name": "asks", "trigger": "asks"}');
create temporary table asked on commit drop as select test.start_run(event => 'asks') as run;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "tokens": []}}}');
select public.workflow_approve(id) from public.workflow_approval;

select is(
  (select jsonb_path_query_array(public.workflow_timeline(run), '$.entries[*].kind') from given),
  '["run_created", "action_ready", "attempt_started", "paused", "action_completed", "resumed", "action_ready", "stopped", "run_stopped", "retried", "attempt_started", "action_completed", "run_completed"]',
  'by operators'
);
select is(
  (select jsonb_path_query_array(public.workflow_timeline(run), '$.entries[3 to last].kind') from asked),
  '["approval_requested", "approved", "action_completed", "action_ready"]',
  'by whom was asked'
);

select * from finish();
rollback;
