begin;
select plan(4);

select throws_ok(
  $$select workflow_engine.check_url('http://127.0.0.1:54321/hook', 'here')$$,
  'PT422',
  'Cannot save here: the URL "http://127.0.0.1:54321/hook" is refused. It must begin with https://',
  'closed at first'
);

update workflow_engine.settings set allowed_hosts = '{127.0.0.1:54321,printer.local}';

select lives_ok(
  $$select workflow_engine.check_url('http://127.0.0.1:54321/hook', 'here')$$,
  'a host with its port opens'
);

select lives_ok(
  $$select workflow_engine.check_url('http://Printer.local:631/', 'here')$$,
  'a host without a port opens for every port, whatever its case'
);

select throws_ok(
  $$select workflow_engine.check_url('http://127.0.0.1:5432/', 'here')$$,
  'PT422',
  null,
  'another port stays closed'
);

select * from finish();
rollback;
