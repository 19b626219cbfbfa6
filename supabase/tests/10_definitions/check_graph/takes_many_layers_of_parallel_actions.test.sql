-- To follow every path through ten layers of ten would take for ever.
begin;
select plan(2);

set local statement_timeout = '20s';
insert into public.workflow (name, trigger) values ('layers', 'test.happened');

select lives_ok(
  $$
    insert into public.workflow_action (workflow_id, name, action_type, "order")
    select w.id, 'a' || n, 'log', n / 10
    from public.workflow w, generate_series(0, 99) n
  $$,
  'a hundred actions in ten layers are saved'
);
select throws_ok(
  $$update public.workflow_action set depends_on = '{a99}' where name = 'a0'$$,
  'PT422', null,
  'and a cycle through all of them is found'
);

select * from finish();
rollback;
