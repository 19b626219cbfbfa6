-- A reminder was sent before the run was stopped.
begin;
select plan(1);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "remind_after": "1 day", "tokens": []}') as run;
select test.travel('25 hours');
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "remind_after": "1 day", "tokens": []}}}');
select public.workflow_stop(run) from given;
select public.workflow_retry(run) from given;

select is(test.claim() #> '{claims,0,meta}', '{}', 'the first mail of the new question is no reminder');

select * from finish();
rollback;
