-- Each with its own sentence.
begin;
select plan(9);

create table public.test_keyless (id integer);
create view public.test_view as select 1 as id;
create materialized view public.test_matview as select 1 as id;
create temporary table test_temporary (id integer primary key);
create table public.test_parent (id integer primary key);
create table public.test_child (primary key (id)) inherits (public.test_parent);
create sequence public.test_sequence;

create function pg_temp.refuses(table_name text, reason text)
returns text
language sql
as $$
  select throws_ok(
    format('select public.workflow_attach(%L)', table_name),
    'PT422',
    format('Cannot attach %s: %s', table_name, reason),
    table_name
  );
$$;

select pg_temp.refuses('public.test_keyless', 'it has no primary key');
select pg_temp.refuses('public.test_view', 'it is not a table');
select pg_temp.refuses('public.test_matview', 'it is not a table');
select pg_temp.refuses('public.test_sequence', 'it is not a table');
select pg_temp.refuses('test_temporary', 'it is temporary');
select pg_temp.refuses('public.test_parent', 'it takes part in table inheritance');
select pg_temp.refuses('public.test_child', 'it takes part in table inheritance');
select pg_temp.refuses('public.workflow_run', 'it is a table of the engine or of the system');
select pg_temp.refuses('workflow_engine.settings', 'it is a table of the engine or of the system');

select * from finish();
rollback;
