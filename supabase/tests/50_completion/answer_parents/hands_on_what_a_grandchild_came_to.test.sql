begin;
select plan(2);

select test.create_workflow('grandchild', trigger => 'never');
select test.deploy(
  '[{"name": "middle", "action_type": "start_workflow", "payload": {"workflow": "grandchild"}}]', '{"name": "child", "trigger": "never"}'
);
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.work_off('{
  "ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}},
  "middle": {"status": "waiting", "wait": {"kind": "run", "workflow": "grandchild"}},
  "a": {"output": "deep"}
}');

select is((test.log_of(run, 'ask')).output #> '{output,middle,output,a}', '"deep"', 'level by level') from given;
select is((select array_agg(r.depth order by r.depth) from public.workflow_run r), array[0, 1, 2], 'each one deeper');

select * from finish();
rollback;
