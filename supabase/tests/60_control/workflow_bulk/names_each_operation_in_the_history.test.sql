begin;
select plan(2);

select test.create_workflow('w');
select test.start_run();
select public.workflow_bulk('pause', '{"workflow": "w"}', false);
select public.workflow_bulk('resume', '{"workflow": "w"}', false);
select public.workflow_bulk('stop', '{"workflow": "w"}', false);
select public.workflow_bulk('retry', '{"workflow": "w"}', false);
select public.workflow_bulk('stop', '{"workflow": "w"}', false);
select public.workflow_bulk('replay', '{"workflow": "w"}', false);

select results_eq(
  $$select h.kind from public.workflow_history h where h.kind not in ('definition_saved', 'run_stopped') order by h.id$$,
  $$values ('paused'), ('resumed'), ('stopped'), ('retried'), ('stopped'), ('replayed')$$,
  'as when it is done to one run'
);
select is(
  jsonb_array_length(jsonb_path_query_array(public.workflow_timeline(r.id), '$.entries[*] ? (@.kind == "replayed")')),
  1,
  'also the new run''s timeline has it'
)
from public.workflow_run r
where r.replay_of is not null;

select * from finish();
rollback;
