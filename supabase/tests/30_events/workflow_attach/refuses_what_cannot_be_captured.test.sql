-- Each with its own sentence.
begin;
select plan(13);

create table public.test_keyless (id integer);
create view public.test_view as select 1 as id;
create materialized view public.test_matview as select 1 as id;
create temporary table test_temporary (id integer primary key);
create table public.test_parent (id integer primary key);
create table public.test_child (primary key (id)) inherits (public.test_parent);
create sequence public.test_sequence;
create table public.test_array_key (id text[] primary key);
create domain public.test_document as jsonb;
create table public.test_json_key (tenant integer, id public.test_document, primary key (tenant, id));
create type public.test_pair as (a integer, b integer);
create table public.test_row_key (id public.test_pair primary key);
create schema "test.a";
create table "test.a".b (id integer primary key);
create table test."a.b" (id integer primary key);

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
select pg_temp.refuses('public.test_array_key', 'its primary key holds arrays, rows or JSON');
select pg_temp.refuses('public.test_json_key', 'its primary key holds arrays, rows or JSON');
select pg_temp.refuses('public.test_row_key', 'its primary key holds arrays, rows or JSON');

select public.workflow_attach('"test.a".b');
select pg_temp.refuses(
  'test."a.b"',
  'its events would be called like those of "test.a".b, which must be detached first'
);

select * from finish();
rollback;
