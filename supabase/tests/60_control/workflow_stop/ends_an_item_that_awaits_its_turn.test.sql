-- It makes no room for another one: no more of them run at once than the definition allows.
begin;
select plan(5);

select test.deploy('[{"name": "each", "action_type": "log", "for_each": "$.event.items", "max_concurrency": 1}]');
create temporary table given on commit drop as select test.start_run('{"items": [0, 1, 2, 3, 4, 5]}') as run;
create temporary table claimed on commit drop as select test.claim() #> '{claims,0}' as claim;
select public.workflow_stop(action_id => l.id)
from given, public.workflow_action_logs l
where l.run_id = run and l.item_index in (1, 3, 5);

select is(test.claim() -> 'claims', '[]', 'none runs beside the first');
select test.report(claim, '{"status": "completed"}') from claimed;
select is(jsonb_array_length(test.claim() -> 'claims'), 1, 'then one does');
select is(
  test.items(run), array['completed', 'stopped', 'processing', 'stopped', 'not_started', 'stopped'], 'the next that is not stopped'
)
from given;
select test.report(jsonb_build_object('id', l.id, 'attempt', l.attempt), '{"status": "completed"}')
from public.workflow_action_logs l
where l.status = 'processing';
select is(test.work_off(), 1, 'one more is left');
select is(test.run_status(run), 'completed', 'which ends the run') from given;

select * from finish();
rollback;
