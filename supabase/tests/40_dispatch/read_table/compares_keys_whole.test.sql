-- A cast to the column's own length would cut a longer key and find somebody else's record.
begin;
select plan(1);

create table public.test_codes (code varchar(3) primary key, title text);
select public.workflow_attach('public.test_codes');
insert into public.test_codes values ('abc', 'right');

select results_eq(
  $$select related_table_pkey, record ->> 'title' from workflow_engine.read_table('public.test_codes', '{abc,abcd}')$$,
  $$values ('abc', 'right')$$,
  'a key that is too long finds nothing'
);

select * from finish();
rollback;
