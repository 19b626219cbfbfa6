begin;
select plan(2);

select test.configure();
delete from vault.secrets where name in ('workflow_function_url', 'workflow_secret');

select results_eq(
  $$select subject, is_well, split_part(finding, '.', 1) from public.workflow_doctor() where subject in ('function URL', 'secret') order by 1$$,
  $$
    values
      ('function URL', false, 'Vault holds no workflow_function_url'),
      ('secret', false, 'Vault holds no workflow_secret')
  $$,
  'no URL and no secret'
);

select test.configure();

select results_eq(
  $$select subject, is_well, finding from public.workflow_doctor() where subject in ('function URL', 'secret') order by 1$$,
  $$values ('function URL', true, 'ok'), ('secret', true, 'ok')$$,
  'after workflow_configure() both are well'
);

select * from finish();
rollback;
