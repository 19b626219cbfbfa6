begin;
select plan(2);

select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items", "payload": {"message": "{{ $.item.v }}"}, "tolerated_failure_percentage": 10, "tolerated_failure_count": 2}
]');
select test.start_run('{"items": [{"v": 1}, {"v": 2}, {"v": 3}, {"v": 4}]}');
select test.claim();
select is((select tolerated from workflow_engine.fan_out), 2, 'the number, where the share comes to less');

update public.workflow_action set tolerated_failure_percentage = 75;
create temporary table given on commit drop as select test.start_run('{"items": [{"v": 1}, {"v": 2}, {"v": 3}, {"v": 4}]}') as run;
select test.claim();
select is((select tolerated from workflow_engine.fan_out f, given g where f.run_id = g.run), 3, 'the share, where it comes to more');

select * from finish();
rollback;
