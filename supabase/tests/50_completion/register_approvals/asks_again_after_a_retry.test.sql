begin;
select plan(3);

create temporary table given on commit drop as
select test.start_wait(jsonb_build_object('kind', 'approval', 'message', 'Well?', 'expires_in', '1 hour', 'tokens', jsonb_build_array(
  jsonb_build_object('recipient', 'ada@example.com', 'hash', encode(sha256('for ada'), 'hex'))
))) as run;
select public.workflow_stop(run) from given;
select test.travel('2 hours');
select public.workflow_retry(run) from given;
select test.work_off(jsonb_build_object('ask', jsonb_build_object('status', 'waiting', 'wait', jsonb_build_object(
  'kind', 'approval', 'message', 'Well, then?', 'expires_in', '1 hour', 'tokens', jsonb_build_array(
    jsonb_build_object('recipient', 'ada@example.com', 'hash', encode(sha256('for ada'), 'hex'))
  )
))));

select results_eq(
  $$
    select a.status, a.attempt, a.message, a.expires_at - workflow_engine.clock() between '59 minutes' and '1 hour'
    from public.workflow_approval a
  $$,
  $$values ('pending', 2, 'Well, then?', true)$$,
  'with what the new attempt says, for as long as it says'
);
select is(public.workflow_decide('for ada', 'approved') ->> 'status', 'approved', 'and the link is alive again');
select test.work_off();
select is(test.run_status(run), 'completed', 'and the run goes on') from given;

select * from finish();
rollback;
