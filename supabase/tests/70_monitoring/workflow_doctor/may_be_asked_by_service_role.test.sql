begin;
select plan(1);

select test.act_as('service_role');

select results_eq(
  'select subject from public.workflow_doctor()',
  array['function URL', 'secret', 'tick', 'pg_net', 'wake-up', 'loops'],
  'it answers with a row a subject'
);

select * from finish();
rollback;
