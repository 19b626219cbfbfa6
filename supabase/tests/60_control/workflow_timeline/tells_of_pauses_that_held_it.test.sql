-- Of its workflow and of the types of its actions, while it was there; also of one that held it from the start.
begin;
select plan(1);

select test.deploy('[{"name": "a", "action_type": "log"}, {"name": "b", "action_type": "send_email", "order": 2, "payload": {"to": "a@example.com", "subject": "a", "text": "a"}}]');
create temporary table given on commit drop as select w.id as workflow from public.workflow w;
select test.deploy('[{"name": "a", "action_type": "http_request", "target_endpoint": "https://example.com"}]', '{"name": "other", "trigger": "never"}');
select public.workflow_pause(workflow_id => workflow, reason => 'Over again') from given;
select public.workflow_resume(workflow_id => workflow) from given;
select public.workflow_pause(action_type => 'send_email', reason => 'The provider is down', actor => 'Ada');
create temporary table started on commit drop as select test.start_run() as run;
select public.workflow_pause(workflow_id => workflow, reason => 'A typing error', actor => 'Bob') from given;
select public.workflow_pause(action_type => 'http_request');
select public.workflow_pause(workflow_id => w.id) from public.workflow w where w.name = 'other';
select public.workflow_resume(workflow_id => workflow, actor => 'Bob') from given;
select public.workflow_resume(action_type => 'send_email', actor => 'Ada');
select test.work_off();
select public.workflow_pause(workflow_id => workflow, reason => 'Afterwards') from given;

select results_eq(
  $$
    select e ->> 'kind', e ->> 'actor', e ->> 'reason', e ->> 'action_type', (e ->> 'workflow_id')::uuid = workflow
    from given, started, jsonb_array_elements(public.workflow_timeline(run) -> 'entries') with ordinality t (e, n)
    where e ->> 'kind' in ('paused', 'resumed', 'run_created')
    order by n
  $$,
  $$values
    ('paused', 'Ada', 'The provider is down', 'send_email', null), ('run_created', null, null, null, null),
    ('paused', 'Bob', 'A typing error', null, true), ('resumed', 'Bob', null, null, true), ('resumed', 'Ada', null, 'send_email', null)$$,
  'and of no others'
);

select * from finish();
rollback;
