begin;
select plan(1);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "expires_in": "5 days", "remind_after": "1 day", "tokens": []}') as run;
select test.travel('25 hours');
select test.work_off('{"ask": {"status": "failed", "error": "It is down", "final": true}}');
select test.travel('25 hours');
select test.work_off('{"ask": {"status": "failed", "error": "It is down", "final": true}}');

select results_eq(
  $$select h.attempt, h.error from public.workflow_history h where h.kind = 'attempt_failed' order by h.id$$,
  $$values (2, 'It is down'), (3, 'It is down')$$,
  'also one that is like the one before'
);

select * from finish();
rollback;
