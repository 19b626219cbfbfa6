begin;
select plan(5);

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

update given set run = test.start_run('{"n": 6, "kind": "x"}');
select test.claim();
select is(
  (test.log_of(run, 'a')).meta -> 'condition',
  '{
    "expression": "($.\"event\".\"n\" > 5 && $.\"event\".\"kind\" == \"x\")",
    "result": true,
    "values": {"$.\"event\".\"n\"": "6", "$.\"event\".\"kind\"": "\"x\""}
  }',
  'the same of a condition that is true'
)
from given;

update public.workflow_action set condition = '$.event."a\"b" == 1', for_each = '$.event.items';
update given set run = test.start_run('{"items": [1], "a\"b": 1}');
select test.work_off();
select is(
  (test.log_of(run, 'a')).meta #> '{condition,values}',
  '{"$.\"event\".\"a\\\"b\"": "1"}',
  'and of a fan-out, whatever its keys are called'
)
from given;

update public.workflow_action set condition = '$.event.n == 1', for_each = null;
update given set run = test.start_run(jsonb_build_object('n', repeat('x', 10000)));
select test.claim();
select is(
  (test.log_of(run, 'a')).meta #> '{condition,values}',
  '{"$.\"event\".\"n\"": "a JSON string of 10012 bytes"}',
  'large values are not written out'
)
from given;

select * from finish();
rollback;
