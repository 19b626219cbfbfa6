begin;
select plan(1);

create temporary table given on commit drop as
select test.deploy('[{"name": "each", "action_type": "log", "for_each": "$.event.items"}]'), test.start_run('{"items": [1, 2]}') as run;
select test.work_off('{"each": {"status": "waiting"}}');
select public.workflow_answer(l.id, 1, jsonb_build_object('status', 'completed', 'output', l.item))
from public.workflow_action_logs l
where l.item is not null;

select is((test.log_of(run, 'each')).output, '[1, 2]', 'and the last one ends it') from given;

select * from finish();
rollback;
