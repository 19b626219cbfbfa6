-- An empty actor is none: the caller has done it.
begin;
select plan(2);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
select set_config('request.jwt.claims', '{"email": "ada@example.com"}', true);
select public.workflow_pause(run, actor => '') from given;
select public.workflow_pause(action_type => 'log', actor => '');
select public.workflow_resume(run, actor => '') from given;
select public.workflow_signal(run, 'x', actor => '') from given;
select public.workflow_stop(action_id => (test.log_of(run, 'a')).id, actor => '') from given;
select public.workflow_bulk('retry', '{"workflow": "w"}', false, actor => '');
select test.start_wait('{"kind": "approval", "message": "Well?", "tokens": []}');
select public.workflow_resume(action_type => 'log', actor => '');
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "tokens": []}}}');
select public.workflow_approve(id, actor => '') from public.workflow_approval;

select results_eq(
  $$select h.kind, h.actor from public.workflow_history h where h.kind not in ('definition_saved', 'run_stopped') order by h.id$$,
  $$
    select k, text 'ada@example.com'
    from unnest(array['paused', 'paused', 'resumed', 'signaled', 'stopped', 'retried', 'resumed', 'approved']) k
  $$,
  'whatever was done'
);
select is((select decided_by from public.workflow_approval), 'ada@example.com', 'and decided');

select * from finish();
rollback;
