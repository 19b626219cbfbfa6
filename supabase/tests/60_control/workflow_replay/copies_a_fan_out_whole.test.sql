begin;
select plan(2);

select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items"},
  {"name": "end", "action_type": "log", "order": 2, "payload": {"all": "{{ $.actions.each.output }}"}}
]');
create temporary table given on commit drop as select test.start_run('{"items": [1, 2]}') as run;
select test.work_off('{"each[0]": {"output": 1}, "each[1]": {"output": 2}}');
create temporary table replayed on commit drop as
select (public.workflow_replay(run, 'end') ->> 'run_id')::uuid as new_run from given;

select is(test.claim() #> '{claims,0,values}', '[[1, 2]]', 'with what it had gathered');
select is(test.items(new_run), null, 'and none of its items is done again') from replayed;

select * from finish();
rollback;
