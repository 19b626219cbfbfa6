begin;
select plan(3);

create temporary table given on commit drop as
select test.start_wait('{"kind": "approval", "message": "Well?", "tokens": []}', organization_id => 'a') as run;
select test.act_as('authenticated', '{"organization_id": "a", "email": "ada@example.com"}');

select is(
  public.workflow_approve(a.id, 'Fine', 'somebody else') ->> 'decided_by', 'ada@example.com', 'in the own name, whatever actor says'
)
from public.workflow_approval a;
reset role;
select is((select actor from public.workflow_history where kind = 'approved'), 'ada@example.com', 'the history says so too');
select test.work_off();
select is(test.run_status(run), 'completed', 'and the run goes on') from given;

select * from finish();
rollback;
