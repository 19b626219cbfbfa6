begin;
select plan(3);

insert into workflow_engine.match_path (scope, path)
select workflow_engine.event_scope('theirs', 'order.paid'), array['member', i::text] from generate_series(1, 100) i;

select is(workflow_engine.choose_path('theirs', 'order.paid', '{"id": 1}'), null, 'a hundred are enough');
select is(workflow_engine.choose_path('theirs', 'order.paid', '{"member": {"7": 1}}'), array['member', '7'], 'those there are serve');
select is(workflow_engine.choose_path('mine', 'order.paid', '{"id": 1}'), array['id'], 'another organization has a hundred of its own');

select * from finish();
rollback;
