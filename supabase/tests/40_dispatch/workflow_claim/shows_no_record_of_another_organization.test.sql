-- Invariant 4: a row of organization A is never rendered into anything of B, whatever an event names.
begin;
select plan(4);

select test.create_orders_table();
select public.workflow_attach('public.test_orders', organization_column => 'organization_id');
select test.create_workflow('w');
update public.workflow_action set payload = '{"secret": "{{ $.record.secret }}"}';
insert into public.test_orders (id, organization_id, secret) values (1, 'a', 'of a'), (2, null, 'of nobody');

create function pg_temp.seen(organization_id text, key text)
returns jsonb
language sql
as $$
  select public.workflow_emit(
    'test.happened', related_table => 'public.test_orders', related_table_pkey => key, organization_id => organization_id
  );
  select test.claim() #> '{claims,0,values,0}';
$$;

select is(pg_temp.seen('a', '1'), '"of a"', 'its own organization sees it');
select is(pg_temp.seen('b', '1'), 'null', 'another one does not');
select is(pg_temp.seen(null, '1'), 'null', 'nor does an event of none');
select is(pg_temp.seen('a', '2'), 'null', 'a record of nobody is no organization''s');

select * from finish();
rollback;
