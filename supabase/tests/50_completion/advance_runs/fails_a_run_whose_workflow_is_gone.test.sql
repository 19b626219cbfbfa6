-- A delete that is committed while a run begins does not see it.
begin;
select plan(6);

select test.deploy('[
  {"name": "now", "action_type": "log"}, {"name": "later", "action_type": "log", "delay": "1 day"},
  {"name": "next", "action_type": "log", "order": 2}
]');
create temporary table given on commit drop as select test.start_run() as run;
alter table public.workflow disable trigger keep_unfinished;
delete from public.workflow;
alter table public.workflow enable trigger keep_unfinished;

select is(test.claim() -> 'claims', '[]', 'nobody knows what to do');
select is(test.run_status(run), 'failed', 'so the run has failed') from given;
select results_eq(
  $$select l.status, l.error from public.workflow_action_logs l order by l.execute_at$$,
  $$values ('failed', 'Its workflow was deleted'), ('stopped', null)$$,
  'and says why'
);
select is(workflow_engine.has_work(workflow_engine.clock()), false, 'it is in nobody''s way');
select test.create_workflow('w');
select is((select count(*) from given, public.workflow_run r where r.id = run and r.completed_at is not null), 1::bigint, 'it has ended');
select is(public.workflow_bulk('retry', '{"status": "failed"}') -> 'matched', '0', 'and nobody can repeat it');

select * from finish();
rollback;
