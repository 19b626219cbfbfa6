begin;
select plan(2);

select test.create_workflow('w');
update public.workflow_action set condition = '$.event.n > 5 && $.event.kind == "x"';
create temporary table given on commit drop as select test.start_run('{"n": 3}') as run;
select test.work_off();

select is(
  (test.log_of(run, 'a')).meta,
  '{"condition": {
    "expression": "($.\"event\".\"n\" > 5 && $.\"event\".\"kind\" == \"x\")",
    "result": false,
    "values": {"$.\"event\".\"n\"": "3", "$.\"event\".\"kind\"": null}
  }}',
  'the expression, its result and each value, null for one that is missing'
)
from given;
select is((test.log_of(run, 'a')).reason, 'condition', 'and the reason') from given;

select * from finish();
rollback;
