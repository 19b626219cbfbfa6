-- What a compensation has undone is no longer done, although it had completed.
begin;
select plan(1);

select test.deploy('[
  {"name": "book", "action_type": "log", "compensate_with": "cancel"},
  {"name": "pay", "action_type": "log", "order": 2},
  {"name": "cancel", "action_type": "log"}
]');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"pay": {"status": "failed", "final": true}}');
create temporary table replayed on commit drop as
select (public.workflow_replay(run, 'pay') ->> 'run_id')::uuid as new_run from given;

select is(test.statuses(new_run), '{"book": "not_started"}', 'before the action it begins at') from replayed;

select * from finish();
rollback;
