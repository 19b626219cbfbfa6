begin;
select plan(6);

select test.act_as('anon');

select throws_ok('select from public.workflow', '42501', 'permission denied for table workflow', 'no workflow');
select throws_ok('select from public.workflow_run', '42501', 'permission denied for table workflow_run', 'no run');
select throws_ok('select from public.workflow_action_logs', '42501', 'permission denied for table workflow_action_logs', 'no action log');
select throws_ok($$select public.workflow_emit('x')$$, '42501', null, 'no event');
select throws_ok('select public.workflow_action_log_cron()', '42501', null, 'no tick');
select throws_ok('select public.workflow_doctor()', '42501', null, 'no doctor');

select * from finish();
rollback;
