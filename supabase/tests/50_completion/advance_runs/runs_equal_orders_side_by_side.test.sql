begin;
select plan(2);

select test.create_workflow('w', '{1,1,1,2}');
create temporary table given on commit drop as select test.start_run() as run;

select is(
  (select count(*) from jsonb_array_elements(test.claim() -> 'claims')),
  3::bigint,
  'one claim gets all actions of an order'
);

select is(
  (select depends_on from workflow_engine.action_version where name = 'd'),
  (select array_agg(workflow_action_id order by workflow_action_id) from workflow_engine.action_version where "order" = 1),
  'and the next order follows each of them'
);

select * from finish();
rollback;
