-- Invariant 1: whoever writes, also without a right to anything of the engine.
begin;
select plan(3);

select test.create_orders_table();
alter table public.test_orders enable row level security;
create policy own on public.test_orders to authenticated
  using (organization_id = auth.jwt() ->> 'organization_id')
  with check (organization_id = auth.jwt() ->> 'organization_id');
grant select, insert, update on public.test_orders to authenticated;
select public.workflow_attach('public.test_orders', organization_column => 'organization_id');

select test.act_as('authenticated', '{"organization_id": "a"}');
insert into public.test_orders (id, organization_id, status) values (1, 'a', 'open');
update public.test_orders set status = 'paid';
reset role;

select results_eq(
  'select name, organization_id from public.workflow_event order by id, name',
  $$values ('public.test_orders.insert', 'a'), ('public.test_orders.update', 'a')$$,
  'a signed-in user''s writes are captured'
);

select test.act_as('authenticated', '{"organization_id": "b"}');

select throws_ok(
  $$insert into public.test_orders (id, organization_id) values (2, 'a')$$,
  '42501',
  null,
  'a write that row-level security refuses is refused'
);

reset role;

select is((select count(*) from public.workflow_event), 2::bigint, 'and is no event');

select * from finish();
rollback;
