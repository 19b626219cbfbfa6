-- The claim that matches its event claims its first action, too: after it was created.
begin;
select plan(1);

select test.create_orders_table();
select public.workflow_attach('public.test_orders', '{insert}');
select test.create_workflow('w', trigger => 'public.test_orders.insert');
insert into public.test_orders (id) values (1);
select test.claim();

select is(
  jsonb_path_query_array(public.workflow_timeline(r.id), '$.entries[*].kind'), '["run_created", "action_ready", "attempt_started"]',
  'from its beginning'
)
from public.workflow_run r;

select * from finish();
rollback;
