begin;
select plan(3);

select test.create_workflow('grandchild', trigger => 'never');
select test.deploy(
  '[{"name": "middle", "action_type": "start_workflow", "payload": {"workflow": "grandchild"}}]', '{"name": "child", "trigger": "never"}'
);
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}');
select test.report(test.claim() #> '{claims,0}', '{"status": "waiting", "wait": {"kind": "run", "workflow": "grandchild"}}');
create temporary table claimed on commit drop as select test.claim() #> '{claims,0}' as claim;

select is(public.workflow_stop(run), '{"stopped": 1}', 'one run is stopped by name') from given;
select is(
  (select array_agg(r.status order by r.depth) from public.workflow_run r), array['stopped', 'stopped', 'stopped'], 'and all that it has started'
);
select is(test.report(claim, '{"status": "completed"}') -> 'stopped', jsonb_build_array(claim -> 'id'), 'the deepest is refused its result') from claimed;

select * from finish();
rollback;
