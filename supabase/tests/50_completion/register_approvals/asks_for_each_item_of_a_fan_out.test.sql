begin;
select plan(1);

create temporary table given on commit drop as
select test.deploy('[{"name": "each", "action_type": "approval", "for_each": "$.event.items", "payload": {"message": "{{ $.item }}?"}}]'),
  test.start_run('{"items": ["a", "b"]}') as run;
select test.work_off('{
  "each[0]": {"status": "waiting", "wait": {"kind": "approval", "message": "a?", "tokens": []}},
  "each[1]": {"status": "waiting", "wait": {"kind": "approval", "message": "b?", "tokens": []}}
}');
select public.workflow_reject(id) from public.workflow_approval where message = 'a?';
select public.workflow_approve(id) from public.workflow_approval where message = 'b?';

select is(
  jsonb_path_query_array((test.log_of(run, 'each')).output, '$[*].decision'), '["rejected", "approved"]', 'and gathers what was decided'
)
from given;

select * from finish();
rollback;
