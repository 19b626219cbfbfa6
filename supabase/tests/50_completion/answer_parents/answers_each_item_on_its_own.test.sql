-- The end of one child says nothing to the item that waits for another.
begin;
select plan(2);

select test.deploy('[{"name": "work", "action_type": "log"}]', '{"name": "child", "trigger": "never"}');
create temporary table given on commit drop as
select test.deploy('[{"name": "each", "action_type": "start_workflow", "for_each": "$.event.items", "payload": {"workflow": "child"}}]'),
  test.start_run('{"items": [1, 2]}') as run;
select test.report(c, '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}') from jsonb_array_elements(test.claim() -> 'claims') c;
create temporary table claimed on commit drop as select test.claim() -> 'claims' as claims;
select test.report(claims -> 0, '{"status": "completed"}') from claimed;
select test.claim();
select test.claim();

select is((select array_agg(s order by s) from given, unnest(test.items(run)) s), array['completed', 'waiting'], 'it waits on') from given;
select test.travel('1 day');
select test.claim();
select test.report(claims -> 1, '{"status": "completed"}') from claimed;
select test.work_off();
select is(test.run_status(run), 'completed', 'until its own has ended') from given;

select * from finish();
rollback;
