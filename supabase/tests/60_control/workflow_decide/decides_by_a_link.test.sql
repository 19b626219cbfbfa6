begin;
select plan(6);

create temporary table given on commit drop as
select test.start_wait(jsonb_build_object(
  'kind', 'approval', 'message', 'Well?', 'role', 'finance', 'details', '{"order": 7}'::jsonb, 'tokens', jsonb_build_array(
    jsonb_build_object('recipient', 'ada@example.com', 'hash', encode(sha256('for ada'), 'hex')),
    jsonb_build_object('recipient', 'bob@example.com', 'hash', encode(sha256('for bob'), 'hex'))
  )
)) as run;
create temporary table decided on commit drop as
select public.workflow_decide('for bob', 'approved', 'Fine') as answer;

select is(
  answer - 'decided_at' - 'expires_at' - 'id',
  '{
    "workflow": "w", "message": "Well?", "details": {"order": 7}, "role": "finance", "recipient": "bob@example.com", "status": "approved",
    "decided_by": "bob@example.com", "comment": "Fine"
  }',
  'in the name of whom it was sent to, without a role'
)
from decided;
select is((test.log_of(run, 'ask')).output ->> 'decided_by', 'bob@example.com', 'the action knows, too') from given;
select is((select actor from public.workflow_history where kind = 'approved'), 'bob@example.com', 'and the history');
select is(
  test.error_of(format('select public.workflow_decide(%L, %L)', t.token, 'rejected')) ->> 'message',
  format('Cannot decide approval %s: it is approved by bob@example.com', answer ->> 'id'),
  t.token || ': every link is dead'
)
from decided, unnest(array['for ada', 'for bob']) t (token);
select test.work_off();
select is(test.run_status(run), 'completed', 'the run goes on') from given;

select * from finish();
rollback;
