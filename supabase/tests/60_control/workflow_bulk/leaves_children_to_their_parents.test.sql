-- The parent's error quotes the child's, so that a filter finds both; what the child did is repeated once.
begin;
select plan(4);

select test.create_workflow('child', trigger => 'never');
create temporary table given on commit drop as
select test.deploy('[{"name": "ask", "action_type": "start_workflow", "payload": {"workflow": "child"}}]'), test.start_run() as run;
select test.work_off('{
  "ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}},
  "a": {"status": "failed", "final": true, "error": "It is down"}
}');

select is(public.workflow_bulk(o.operation, '{"error": "It is down"}') -> 'matched', '1', o.operation || ' takes the parent alone')
from unnest(array['retry', 'replay']) o (operation);
select is(public.workflow_bulk('retry', '{"workflow": "child"}') -> 'matched', '1', 'but the child where it is meant itself');
select public.workflow_bulk('retry', '{"error": "It is down"}', dry_run => false);
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "run", "workflow": "child"}}}');
select is(
  (select array_agg(r.status) from public.workflow_run r), array['completed', 'completed'], 'which goes on with its parent'
);

select * from finish();
rollback;
