begin;
select plan(1);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "expires_in": "60 hours", "remind_after": "1 day", "tokens": []}') as run;
select test.travel('25 hours');
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "expires_in": "60 hours", "remind_after": "1 day", "tokens": []}}}');
select test.travel('25 hours');
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "expires_in": "60 hours", "remind_after": "1 day", "tokens": []}}}');
select test.travel('25 hours');
select test.work_off();

select results_eq(
  $$
    select e ->> 'kind', (e ->> 'attempt')::integer, e ->> 'worker_id', e ->> 'reminder'
    from given, jsonb_array_elements(public.workflow_timeline(run) -> 'entries') with ordinality t (e, n)
    where e ->> 'action' = 'ask'
    order by n
  $$,
  $$values
    ('action_ready', null, null, null), ('attempt_started', 1, 'test-worker', null), ('approval_requested', null, null, null),
    ('reminded', 1, 'test-worker', '1'), ('attempt_started', 2, 'test-worker', null),
    ('reminded', 2, 'test-worker', '2'), ('attempt_started', 3, 'test-worker', null),
    ('expired', 3, 'test-worker', null), ('action_completed', 3, null, null)$$,
  'and of the attempt that each took'
);

select * from finish();
rollback;
