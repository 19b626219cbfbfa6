begin;
select plan(3);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
select test.work_off('{"a": {"status": "failed", "final": true}}');
delete from public.workflow;

select is(test.error_of(format('select public.workflow_retry(%L)', run)) ->> 'code', 'PT409', 'nobody knows any more what it is to do') from given;
select is(test.error_of(format('select public.workflow_replay(%L)', run)) ->> 'code', 'PT409', 'nor can it be repeated') from given;
select is(test.run_status(run), 'failed', 'it stays as it was') from given;

select * from finish();
rollback;
