-- The test vector of the specification (https://www.standardwebhooks.com), byte for byte.
begin;
select plan(1);

select is(
  workflow_engine.sign_body(
    '{"test": 2432232314}', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    to_timestamp(1614265330.9)
  ),
  '{
    "content-type": "application/json",
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": "1614265330",
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
  }',
  'the signature is the published one, the timestamp in whole seconds'
);

select * from finish();
rollback;
