-- Invariant 5: whatever goes wrong with the wake-up.
begin;
select plan(2);

select test.configure();
select test.create_orders_table();
select public.workflow_attach('public.test_orders');
create or replace function workflow_engine.ring()
returns bigint
language plpgsql
as $$ begin raise exception 'pg_net is gone'; end; $$;

insert into public.test_orders (id) values (1);

select lives_ok('set constraints all immediate', 'the commit goes through');
select is((select count(*) from public.workflow_event), 1::bigint, 'with its event');

select * from finish();
rollback;
