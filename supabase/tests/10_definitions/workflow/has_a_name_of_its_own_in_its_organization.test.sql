begin;
select plan(3);

select test.create_workflow('welcome', organization_id => 'a');
select test.create_workflow('welcome');

select lives_ok(
  $$select test.create_workflow('welcome', organization_id => 'b')$$,
  'another organization may use the name'
);

select throws_ok(
  $$select test.create_workflow('welcome', organization_id => 'a')$$,
  '23505',
  null,
  'the same organization may not'
);

select throws_ok(
  $$select test.create_workflow('welcome')$$,
  '23505',
  null,
  'nor may the platform, whose organization is null'
);

select * from finish();
rollback;
