begin;
select plan(3);

select is((select count(*) from workflow_engine.settings), 1::bigint, 'there is one row');

select throws_ok(
  'insert into workflow_engine.settings default values',
  '23505',
  'duplicate key value violates unique constraint "settings_pkey"',
  'a second row is refused'
);

select throws_ok(
  'insert into workflow_engine.settings (id) values (false)',
  '23514',
  'new row for relation "settings" violates check constraint "settings_has_one_row"',
  'another key is refused'
);

select * from finish();
rollback;
