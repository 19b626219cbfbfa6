begin;
select plan(4);

select test.configure();
create temporary table given on commit drop as
select public.workflow_configure('https://p.supabase.co/functions/v1/workflow-cron', 'https://app.example.com') as answer;

select is(workflow_engine.read_secret('workflow_function_url'), 'https://p.supabase.co/functions/v1/workflow-cron', 'the function''s URL');
select is(workflow_engine.read_secret('APP_URL'), 'https://app.example.com', 'the application''s');

select isnt(
  (select secret from vault.secrets where name = 'workflow_function_url'),
  'https://p.supabase.co/functions/v1/workflow-cron',
  'encrypted'
);

select is(
  answer #>> '{next,0}',
  'supabase secrets set WORKFLOW_SECRET=' || workflow_engine.read_secret('workflow_secret'),
  'the answer says what to type next'
)
from given;

select * from finish();
rollback;
