-- A null is what a form sends that nobody has filled in.
begin;
select plan(2);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;

select is(
  public.workflow_bulk('stop', '{"workflow": "w"}', dry_run => null), '{"matched": 1, "affected": 0, "dry_run": true}', 'a null is a dry run'
);
select is(test.run_status(run), 'running', 'and stops nothing') from given;

select * from finish();
rollback;
