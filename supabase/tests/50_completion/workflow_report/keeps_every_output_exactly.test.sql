-- 0, false, null and "" are outputs; no output is none.
begin;
select plan(1);

select test.create_workflow('w', '{1,1,1,1,1,1}');
select test.start_run();
create temporary table given on commit drop as select test.claim() as answer;

select test.report(test.claim_of(answer, 'a'), '{"status": "completed", "output": 0}') from given;
select test.report(test.claim_of(answer, 'b'), '{"status": "completed", "output": false}') from given;
select test.report(test.claim_of(answer, 'c'), '{"status": "completed", "output": null}') from given;
select test.report(test.claim_of(answer, 'd'), '{"status": "completed", "output": ""}') from given;
select test.report(test.claim_of(answer, 'e'), '{"status": "completed", "output": {"a": [1.50]}}') from given;
select test.report(test.claim_of(answer, 'f'), '{"status": "completed"}') from given;

select results_eq(
  $$
    select a.name, l.status, l.output::text
    from public.workflow_action_logs l join public.workflow_action a on a.id = l.workflow_action_id
    order by 1
  $$,
  $$
    values
      ('a', 'completed', '0'), ('b', 'completed', 'false'), ('c', 'completed', 'null'),
      ('d', 'completed', '""'), ('e', 'completed', '{"a": [1.50]}'), ('f', 'completed', null)
  $$,
  'each is kept as it was'
);

select * from finish();
rollback;
