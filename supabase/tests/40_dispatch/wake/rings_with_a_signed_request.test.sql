-- No work, payload or key in it: any login role can read pg_net's queue.
begin;
select plan(4);

select test.configure();
select test.create_orders_table();
select public.workflow_attach('public.test_orders');
insert into public.test_orders (id) values (1);

select is(test.count_rings(), 1::bigint, 'a captured row rings');

select results_eq(
  $$
    select method::text, url, convert_from(body, 'UTF8')::jsonb, timeout_milliseconds,
      array(select jsonb_object_keys(headers) order by 1)
    from net.http_request_queue
  $$,
  $$
    values (
      'POST', 'https://example.com/functions/v1/workflow-cron', '{"type": "workflow.wake"}'::jsonb, 5000,
      array['content-type', 'webhook-id', 'webhook-signature', 'webhook-timestamp']
    )
  $$,
  'it posts the wake-up with the headers of Standard Webhooks'
);

select matches(headers ->> 'webhook-id', '^msg_[0-9A-Za-z]+$', 'its id has the form that receivers expect')
from net.http_request_queue;

select is(
  headers,
  workflow_engine.sign_body(
    convert_from(body, 'UTF8'), workflow_engine.read_secret('workflow_secret'), headers ->> 'webhook-id',
    to_timestamp((headers ->> 'webhook-timestamp')::bigint)
  ),
  'the signature is over the exact bytes, with the secret of Vault'
)
from net.http_request_queue;

select * from finish();
rollback;
