-- A secret that the function knows already must stay.
begin;
select plan(3);

select test.configure();
create temporary table given on commit drop as select workflow_engine.read_secret('workflow_secret') as secret;

select matches(secret, '^whsec_[A-Za-z0-9+/]{43}=$', 'it has 32 bytes, in the form of Standard Webhooks') from given;

select public.workflow_configure('https://other.example.com/functions/v1/workflow-cron');

select is(workflow_engine.read_secret('workflow_secret'), secret, 'another URL keeps it') from given;
select is(workflow_engine.read_secret('workflow_function_url'), 'https://other.example.com/functions/v1/workflow-cron', 'and replaces the first one');

select * from finish();
rollback;
