begin;
select plan(5);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "expires_in": "5 days", "remind_after": "1 day", "tokens": []}') as run;
create temporary table asked on commit drop as select expires_at from public.workflow_approval;
select is(test.claim() -> 'claims', '[]', 'not before its time');
select test.travel('25 hours');
create temporary table claimed on commit drop as select test.claim() #> '{claims,0}' as claim;

select is(claim -> 'meta', '{"reminder": 1}', 'the handler sees which reminder it is') from claimed;
select is(claim -> 'attempt', '2', 'in an attempt of its own') from claimed;
select test.report(
  claim, '{"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "expires_in": "5 days", "remind_after": "1 day", "tokens": []}}'
)
from claimed;
select results_eq(
  $$
    select a.status, a.reminders, a.attempt, a.expires_at, a.remind_at - workflow_engine.clock() between '23 hours' and '1 day'
    from public.workflow_approval a
  $$,
  $$select 'pending', 1, 2, expires_at, true from asked$$,
  'it goes on waiting, and expires when it would have'
);
select test.travel('25 hours');
select is(test.claim() #> '{claims,0,meta,reminder}', '2', 'the next reminder is the second');

select * from finish();
rollback;
