-- Vault raises for a secret that it cannot decrypt, as for one that may not be read: neither may stop
-- the tick or a claim.
begin;
select plan(2);

create role test_reader;
grant test_reader to postgres;
grant usage on schema workflow_engine to test_reader;
grant execute on function workflow_engine.read_secret(text) to test_reader;
select test.configure();

select isnt(workflow_engine.read_secret('workflow_secret'), null, 'a secret that can be read is read');

set local role test_reader;
select set_config('test.secret', coalesce(workflow_engine.read_secret('workflow_secret'), 'none'), true);
reset role;

select is(current_setting('test.secret'), 'none', 'one that cannot is none');

select * from finish();
rollback;
