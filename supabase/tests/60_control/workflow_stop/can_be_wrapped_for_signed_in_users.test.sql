-- Whoever may not call it may be given a function that does, as the how-to page says.
begin;
select plan(3);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run, test.start_run() as other;
create function public.give_up(run_id uuid) returns jsonb language sql security definer set search_path = '' as
  'select public.workflow_stop(run_id => give_up.run_id)';
create function public.hold(run_id uuid) returns jsonb language sql security definer set search_path = '' as
  'select public.workflow_pause(run_id => hold.run_id)';
grant select on given to authenticated;
select test.act_as('authenticated', '{"organization_id": "acme"}');

select is(public.hold(other), '{"status": "paused"}', 'to pause a run') from given;
select is(public.give_up(run), '{"stopped": 1}', 'or to stop one') from given;
select is(
  test.error_of(format('select public.workflow_timeline(%L)', run)) ->> 'message', format('There is no run %s', run), 'the timeline asks whose run it is'
)
from given;

select * from finish();
rollback;
