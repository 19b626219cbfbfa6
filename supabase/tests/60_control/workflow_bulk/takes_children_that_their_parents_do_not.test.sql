-- The parent failed elsewhere: its retry does not begin the child again whose failure it bore.
begin;
select plan(2);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[
  {"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child", "on_failure": "continue"}},
  {"name": "b", "action_type": "log", "order": 2}
]'), test.start_run() as run;
select test.work_off('{
  "ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child", "on_failure": "continue"}},
  "a": {"status": "failed", "final": true}, "b": {"status": "failed", "final": true}
}');

select is(public.workflow_bulk('retry', '{"status": "failed"}') -> 'matched', '2', 'a retry takes both');
select is(public.workflow_bulk('replay', '{"status": "failed"}') -> 'matched', '1', 'a replay begins the child with its parent');

select * from finish();
rollback;
