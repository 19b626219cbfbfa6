-- One was withdrawn with its run, and another asked after a retry.
begin;
select plan(1);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "role": "finance", "tokens": []}') as run;
create temporary table asked on commit drop as select * from public.workflow_approval;
select public.workflow_stop(run) from given;
select public.workflow_retry(run) from given;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "approval", "message": "Well, then?", "role": "board", "tokens": []}}}');

select results_eq(
  $$
    select (e ->> 'at')::timestamptz, e ->> 'action', (e ->> 'approval_id')::uuid, e ->> 'role', (e ->> 'expires_at')::timestamptz
    from given, jsonb_array_elements(public.workflow_timeline(run) -> 'entries') with ordinality t (e, n)
    where e ->> 'kind' = 'approval_requested'
    order by n
  $$,
  $$
    select q.requested_at, text 'ask', q.id, q.role, q.expires_at
    from (select * from asked union all select * from public.workflow_approval) q
  $$,
  'of whom, and when'
);

select * from finish();
rollback;
