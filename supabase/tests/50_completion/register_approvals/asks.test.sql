begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait('{
  "kind": "approval", "message": "Refund 20 €?", "role": "finance", "details": {"order": 7}, "expires_in": "2 days", "remind_after": "1 day",
  "tokens": []
}', organization_id => 'a') as run;

select results_eq(
  $$
    select a.organization_id, a.run_id = run, a.action_log_id = (test.log_of(run, 'ask')).id, a.attempt, a.role, a.message, a.details, a.status,
      a.requested_at + interval '2 days' - a.expires_at < interval '5 seconds', a.requested_at + interval '1 day' - a.remind_at < interval '5 seconds',
      a.reminders, a.decided_at, a.decided_by, a.comment
    from given, public.workflow_approval a
  $$,
  $$values (
    'a', true, true, 1, 'finance', 'Refund 20 €?', jsonb '{"order": 7}', 'pending', true, true, 0, null::timestamptz, null, null
  )$$,
  'with all that was said'
);
select is((test.log_of(run, 'ask')).waits_for, 'approval', 'and the action waits') from given;

select * from finish();
rollback;
