begin;
select plan(2);

select test.start_wait(jsonb_build_object('kind', 'approval', 'message', 'Well?', 'tokens', jsonb_build_array(
  jsonb_build_object('recipient', 'ada@example.com', 'hash', encode(sha256('for ada'), 'hex'))
)));

select results_eq(
  'select t.hash, t.recipient from workflow_engine.approval_token t',
  $$values (sha256('for ada'), 'ada@example.com')$$,
  'so that who reads the database can decide nothing'
);
select test.act_as('service_role');
select throws_ok('select from workflow_engine.approval_token', '42501', null, 'and nobody reads even that');

select * from finish();
rollback;
