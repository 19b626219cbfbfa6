-- Whatever order they end in.
begin;
select plan(3);

select test.deploy('[
  {"name": "each", "action_type": "log", "for_each": "$.event.items", "payload": {"message": "{{ $.item.v }}"}},
  {"name": "end", "action_type": "log", "order": 2, "payload": {"all": "{{ $.actions.each.output }}"}}
]');
create temporary table given on commit drop as select test.start_run('{"items": [{"v": 1}, {"v": 2}, {"v": 3}]}') as run;
create temporary table claimed on commit drop as select test.claim() as answer;

select test.report(answer #> '{claims,2}', '{"status": "completed", "output": "third"}') from claimed;
select test.report(answer #> '{claims,0}', '{"status": "completed", "output": 0}') from claimed;
select is((test.log_of(run, 'each')).status, 'waiting', 'the action waits for the last one') from given;
select test.report(answer #> '{claims,1}', '{"status": "completed"}') from claimed;

select is((test.log_of(run, 'each')).output, '[0, null, "third"]', 'the results stand in item order, null for an item without one') from given;
select is(test.claim() #> '{claims,0,values}', '[[0, null, "third"]]', 'and what follows reads them');

select * from finish();
rollback;
