begin;
select plan(1);

select test.start_wait('{"kind": "approval", "message": "Well?", "tokens": []}');

select results_eq(
  $$select a.role, a.details, a.remind_at, a.requested_at + interval '7 days' - a.expires_at < interval '5 seconds' from public.workflow_approval a$$,
  $$values (null, jsonb '{}', null::timestamptz, true)$$,
  'anybody, without a reminder'
);

select * from finish();
rollback;
