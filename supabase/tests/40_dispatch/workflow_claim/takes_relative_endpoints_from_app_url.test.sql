begin;
select plan(3);

select test.configure();
select public.workflow_configure('https://example.com/functions/v1/workflow-cron', 'https://app.example.com');
select test.create_workflow('w', '{1,1,1}');
update public.workflow_action set target_endpoint = '/hooks/order' where name = 'a';
update public.workflow_action set target_endpoint = 'https://other.example.com/' where name = 'b';
select test.start_run();
create temporary table given on commit drop as select test.claim() as answer;

select is(answer -> 'actions' -> (test.claim_of(answer, 'a') ->> 'action') ->> 'app_url', 'https://app.example.com', 'a relative endpoint comes with its base') from given;
select is(answer -> 'actions' -> (test.claim_of(answer, 'b') ->> 'action') -> 'app_url', 'null', 'an absolute one without') from given;
select is(answer -> 'actions' -> (test.claim_of(answer, 'c') ->> 'action') -> 'app_url', 'null', 'and so does no endpoint') from given;

select * from finish();
rollback;
