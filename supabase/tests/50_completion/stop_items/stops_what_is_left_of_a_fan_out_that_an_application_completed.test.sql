begin;
select plan(3);

select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items", "max_concurrency": 1},
  {"name": "end", "action_type": "log", "order": 2}
]');
create temporary table given on commit drop as select test.start_run('{"items": [0, 1, 2]}') as run;
create temporary table claimed on commit drop as select test.claim() -> 'claims' -> 0 as claim;
select test.report(claim, '{"status": "completed"}') from claimed;
update public.workflow_action_logs l
set status = 'completed', output = '"by hand"'
from given
where l.run_id = given.run and l.item_index is null;

select is(test.items(run), array['completed', 'stopped', 'stopped'], 'nobody needs the others') from given;
select test.work_off();
select is((test.log_of(run, 'each')).output, '"by hand"', 'the output is what the application wrote') from given;
select is(test.run_status(run), 'completed', 'and the run goes on') from given;

select * from finish();
rollback;
