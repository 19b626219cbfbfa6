-- Every notation of an address, and every name that leads home (SSRF).
begin;
select plan(2);

select is(
  (
    select array_agg(u.url)
    from unnest(array[
      'http://example.com/', 'https://127.0.0.1/', 'https://2130706433/', 'https://0x7f000001/',
      'https://0x7f.0.0.1/', 'https://127.0.0.0x1/', 'https://0177.0.0.1/', 'https://127.1/', 'https://127.0.0.1./', 'https://[::1]/',
      'https://[::ffff:127.0.0.1]/', 'https://localhost/', 'https://api.localhost/', 'https://printer.local/',
      'https://metadata.google.internal/', 'https://intranet/', 'https://user:pass@example.com/',
      'https://example.com\@127.0.0.1/', 'https://１２７.0.0.1/', 'https://exa mple.com/',
      'ftp://example.com/', '//example.com/hook', '/\example.com/hook', 'hooks/order', 'javascript:alert(1)', ''
    ]) u (url)
    where test.error_of(format('select workflow_engine.check_url(%L, %L)', u.url, 'here')) ->> 'code' is distinct from 'PT422'
  ),
  null,
  'not one of them passes'
);

select is(
  (
    select array_agg(u.url)
    from unnest(array[
      'https://example.com', 'https://hooks.example.com:8443/a/b?c=d#e', 'HTTPS://EXAMPLE.COM/', 'https://1password.com/x',
      'https://xn--bcher-kva.example/'
    ]) u (url)
    where test.error_of(format('select workflow_engine.check_url(%L, %L)', u.url, 'here')) is not null
  ),
  null,
  'public names pass'
);

select * from finish();
rollback;
