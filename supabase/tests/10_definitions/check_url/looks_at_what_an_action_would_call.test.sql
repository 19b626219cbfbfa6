begin;
select plan(4);

select test.create_workflow('w');

select throws_ok(
  $$update public.workflow_action set target_endpoint = 'https://10.0.0.1/hook'$$,
  'PT422',
  'Cannot save action "a" of workflow "w" at /target_endpoint: the URL "https://10.0.0.1/hook" is refused. The host "10.0.0.1" is private or an address',
  'its endpoint'
);

select throws_ok(
  $$update public.workflow_action set action_type = 'http_request', payload = '{"url": "https://localhost/"}'$$,
  'PT422',
  'Cannot save action "a" of workflow "w" at /payload/url: the URL "https://localhost/" is refused. The host "localhost" is private or an address',
  'the URL of an http_request'
);

select lives_ok(
  $$update public.workflow_action set target_endpoint = '/api/hooks/order'$$,
  'a relative endpoint is taken from APP_URL'
);

select lives_ok(
  $$update public.workflow_action set target_endpoint = 'https://{{ $.record.host }}/'$$,
  'one with a placeholder is looked at when it is called'
);

select * from finish();
rollback;
