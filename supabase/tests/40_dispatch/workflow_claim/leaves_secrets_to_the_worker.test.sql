-- A secret is a reference all the way to the worker: no table ever holds its value.
begin;
select plan(2);

select vault.create_secret('hunter2', 'mail_password');
select test.deploy('[{"name": "a", "action_type": "log", "target_endpoint": "https://example.com", "payload": {"password": {"$secret": "mail_password"}}, "headers": {"authorization": {"$secret": "mail_password"}}}]');
select test.start_run();
create temporary table given on commit drop as select test.claim() as answer;

select is(
  jsonb_path_query_first(answer, '$.actions.*.template'),
  '{
    "payload": {"password": {"$secret": "mail_password"}},
    "headers": {"authorization": {"$secret": "mail_password"}},
    "target_endpoint": "https://example.com"
  }',
  'the claim holds the references'
)
from given;
select ok(answer::text !~ 'hunter2', 'and no value') from given;

select * from finish();
rollback;
