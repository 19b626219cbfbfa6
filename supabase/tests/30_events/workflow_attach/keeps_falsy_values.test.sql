-- 0, false, "" and null are values like any other.
begin;
select plan(2);

create table public.test_flags (id integer primary key, n integer, b boolean, t text, j jsonb, missing text);
select public.workflow_attach('public.test_flags');

insert into public.test_flags values (0, 0, false, '', 'null', null);

select is(
  (select payload -> 'record' from public.workflow_event),
  '{"id": 0, "n": 0, "b": false, "t": "", "j": null, "missing": null}',
  'every one arrives as it is'
);

select is((select related_table_pkey from public.workflow_event), '0', 'and 0 is a key');

select * from finish();
rollback;
