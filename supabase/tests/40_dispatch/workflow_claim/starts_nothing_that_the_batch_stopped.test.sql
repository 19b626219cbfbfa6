-- Three actions are due at once; what becomes of the first satisfies a join that needs no other.
begin;
select plan(2);

select test.deploy('[
  {"name": "skipped", "action_type": "log", "condition": "1 == 2"},
  {"name": "slow", "action_type": "log"},
  {"name": "each", "action_type": "log", "for_each": "$.event.items"},
  {"name": "first", "action_type": "log", "order": 2, "join_count": 1}
]');
create temporary table given on commit drop as select test.start_run('{"items": [1, 2]}') as run;
select test.work_off();

select is(
  test.statuses(run),
  '{"skipped": "skipped", "slow": "stopped", "each": "stopped", "first": "completed"}',
  'what the join does not need is stopped, not started'
)
from given;
select is_empty(
  'select 1 from public.workflow_action_logs l join given g on g.run = l.run_id where l.item_index is not null',
  'and gets no items'
);

select * from finish();
rollback;
