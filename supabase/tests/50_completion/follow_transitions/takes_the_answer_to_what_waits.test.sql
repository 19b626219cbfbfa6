begin;
select plan(2);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "waiting"}');

select test.act_as('service_role');
update public.workflow_action_logs set status = 'completed', output = '"yes"';
reset role;

select is(test.run_status(run), 'completed', 'an answer ends the waiting') from given;
select is((select completed_at >= started_at from public.workflow_action_logs), true, 'and dates it');

select * from finish();
rollback;
