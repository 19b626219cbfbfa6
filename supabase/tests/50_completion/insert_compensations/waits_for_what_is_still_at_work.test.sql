begin;
select plan(2);

select test.deploy('[
  {"name": "a", "action_type": "log", "compensate_with": "undo"},
  {"name": "b", "action_type": "log"},
  {"name": "undo", "action_type": "log"}
]');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() as answer;

select test.report(test.claim_of(answer, 'b'), '{"status": "failed", "final": true}') from claimed;
select is(test.statuses(run), '{"a": "processing", "b": "failed"}', 'nothing is undone while a sibling is at work') from given;

select test.report(test.claim_of(answer, 'a'), '{"status": "completed"}') from claimed;
select is(test.statuses(run), '{"a": "completed", "b": "failed", "undo": "not_started"}', 'its work is undone when it has completed') from given;

select * from finish();
rollback;
