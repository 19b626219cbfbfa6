-- Without tolerance the first item that fails for good ends the fan-out, and stops the others.
begin;
select plan(4);

select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items", "payload": {"message": "{{ $.item.v }}"}, "max_concurrency": 2},
  {"name": "end", "action_type": "log", "order": 2, "payload": {"all": "{{ $.actions.each.output }}"}}
]');
create temporary table given on commit drop as
select test.start_run('{"items": [{"v": 1}, {"v": 2}, {"v": 3}]}') as run;
create temporary table claimed on commit drop as select test.claim() as answer;

select test.report(answer #> '{claims,0}', '{"status": "failed", "error": "no", "final": true}') from claimed;

select results_eq(
  $$select l.status, l.final, l.error, l.output from given, test.log_of(run, 'each') l$$,
  $$values ('failed', true, '1 of 3 items failed', null::jsonb)$$,
  'the action fails and counts'
);
select is(test.items(run), array['failed', 'stopped', 'stopped'], 'what is at work or waits for its place is stopped') from given;
select is(
  test.report(answer #> '{claims,1}', '{"status": "completed"}') -> 'stopped',
  jsonb_build_array(answer #> '{claims,1,id}'),
  'its worker is told'
)
from claimed;
select is(test.run_status(run), 'failed', 'and the run has failed') from given;

select * from finish();
rollback;
