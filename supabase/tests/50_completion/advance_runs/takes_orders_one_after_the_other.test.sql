begin;
select plan(3);

select test.create_workflow('w', '{1,5,9}');
create temporary table given on commit drop as select test.start_run() as run;

select is(test.statuses(run), '{"a": "not_started"}', 'only the first order begins') from given;
select test.report(test.claim() #> '{claims,0}', '{"status": "completed"}');
select is(test.statuses(run), '{"a": "completed", "b": "not_started"}', 'then the next, whatever its number') from given;
select test.report(test.claim() #> '{claims,0}', '{"status": "completed"}');
select test.report(test.claim() #> '{claims,0}', '{"status": "completed"}');

select results_eq(
  'select r.status, r.completed_at is not null from public.workflow_run r, given g where r.id = g.run',
  $$values ('completed', true)$$,
  'after the last the run completes'
);

select * from finish();
rollback;
