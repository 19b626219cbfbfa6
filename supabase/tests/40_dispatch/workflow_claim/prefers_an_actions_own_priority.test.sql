begin;
select plan(1);

select test.create_workflow('w', '{1,1}');
update public.workflow_action set priority = 0 where name = 'b';
select test.start_run();

select is(
  (select jsonb_path_query_first(test.claim(1), '$.actions.*.name')),
  '"b"',
  'an action may be more urgent than its workflow'
);

select * from finish();
rollback;
