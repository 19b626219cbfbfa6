begin;
select plan(1);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[
  {"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}, {"name": "next", "action_type": "log", "order": 2}
]'), test.start_run() as run;
select test.report(test.claim() #> '{claims,0}', '{"status": "waiting", "wait": {"kind": "run", "workflow": "child", "wait": false}}');
select public.workflow_stop(run) from given;

select is(
  (select array_agg(r.status order by r.depth) from public.workflow_run r), array['stopped', 'stopped'], 'its parent is stopped all the same'
);

select * from finish();
rollback;
