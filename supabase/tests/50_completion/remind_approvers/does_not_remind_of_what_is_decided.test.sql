-- The reminder is due, and held by a pause, while somebody decides.
begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "remind_after": "1 day", "tokens": []}') as run;
select public.workflow_pause(run) from given;
select test.travel('25 hours');
select test.claim();
select public.workflow_approve(id) from public.workflow_approval;
select public.workflow_resume(run) from given;

select is(jsonb_path_query_array(test.claim(), '$.actions.*.name'), '["next"]', 'nobody gets a mail');
select is((test.log_of(run, 'ask')).output ->> 'decision', 'approved', 'the decision is the answer') from given;

select * from finish();
rollback;
