begin;
select plan(2);

select test.deploy('[
  {"name": "book", "action_type": "log", "compensate_with": "cancel"},
  {"name": "pay", "action_type": "log", "order": 2},
  {"name": "cancel", "action_type": "log"}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "completed"}');
select public.workflow_stop(run) from given;

select is(test.work_off(), 0, 'who stops a run decides what is to be undone');
select is(test.run_status(run), 'stopped', 'it has not failed') from given;

select * from finish();
rollback;
