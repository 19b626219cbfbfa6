-- The founding document's way: the application writes the status, with the rights of service_role.
begin;
select plan(2);

select test.create_workflow('w', '{1,2}');
create temporary table given on commit drop as select test.start_run() as run;
select test.claim();

select test.act_as('service_role');
update public.workflow_action_logs set status = 'completed', output = '{"ok": true}';
reset role;

select results_eq(
  $$select status, output, completed_at is not null, lease_expires_at is null, attempt from public.workflow_action_logs where status = 'completed'$$,
  $$values ('completed', '{"ok": true}'::jsonb, true, true, 1)$$,
  'the rest of the row follows'
);

select is(test.statuses(run), '{"a": "completed", "b": "not_started"}', 'and the run advances') from given;

select * from finish();
rollback;
