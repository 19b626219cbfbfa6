begin;
select plan(5);

create temporary table given on commit drop as select test.create_workflow('w') as workflow;

select throws_ok(format('select public.workflow_export(%L, 7)', workflow), 'PT404', format('Cannot find version 7 of workflow %s', workflow), 'no such version') from given;
select is(test.error_of(format('select public.workflow_export(%L, 7)', workflow)) ->> 'details', 'workflow.version_unknown', 'by a key of its own') from given;
select throws_ok($$select public.workflow_export('01999999-0000-7000-8000-000000000000')$$, 'PT404', 'Cannot find version (current) of workflow 01999999-0000-7000-8000-000000000000', 'no such workflow');
select throws_ok(format('select public.workflow_compare(%L, 1, 2)', workflow), 'PT404', null, 'nothing to compare with') from given;
select throws_ok(format('select public.workflow_restore(%L, 2)', workflow), 'PT404', null, 'nothing to restore') from given;

select * from finish();
rollback;
