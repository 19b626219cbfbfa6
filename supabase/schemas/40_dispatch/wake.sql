-- The wake-up: a signed request to the function that carries no work. Its life: a statement that
-- leaves work inserts a row into wake_request → at commit the deferred constraint trigger decides →
-- net.http_post queues the request, which pg_net sends once the transaction has committed.

-- A row a transaction that leaves work. Only its constraint trigger reads it; the tick removes it.
create unlogged table workflow_engine.wake_request (
  transaction_id xid8 not null default pg_current_xact_id(),
  constraint wake_request_pkey primary key (transaction_id)
);

comment on table workflow_engine.wake_request is
  'One row for each transaction that leaves work: what the deferred trigger of the wake-up hangs on.';

-- The last ring, outside of any transaction and without a lock that another one could wait on: when
-- (milliseconds since 1970), by which transaction, and the number that pg_net gave the request.
create unlogged sequence workflow_engine.last_ring_at minvalue 0 start 0;

create unlogged sequence workflow_engine.last_ring_transaction minvalue 0 start 0;

create unlogged sequence workflow_engine.last_ring_request minvalue 0 start 0;

comment on sequence workflow_engine.last_ring_at is
  'When the function was last rung, in milliseconds since 1970.';
comment on sequence workflow_engine.last_ring_transaction is 'The transaction that rang last.';
comment on sequence workflow_engine.last_ring_request is 'The id that pg_net gave the last ring.';

-- A secret of Vault, or null. Vault raises for one that it cannot decrypt (inserted by hand, or of
-- another project's key); that must stop neither the tick nor a claim. workflow_doctor() tells.
create or replace function workflow_engine.read_secret(name text)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  return (select s.decrypted_secret from vault.decrypted_secrets s where s.name = read_secret.name);
exception
  when others then
    raise log 'workflow_engine.read_secret: %: %', read_secret.name, sqlerrm;
    return null;
end;
$$;

comment on function workflow_engine.read_secret(text) is
  'The secret of that name in Vault, decrypted; null when there is none or it cannot be decrypted.';

-- The headers of Standard Webhooks 1.0 for a body: id, timestamp and signature, one for each secret of
-- a space-separated list, so that two sign during a rotation.
create or replace function workflow_engine.sign_body(body text, secrets text, id text, at_time timestamptz)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'content-type', 'application/json',
    'webhook-id', sign_body.id,
    'webhook-timestamp', t.seconds,
    'webhook-signature', string_agg(
      'v1,' || encode(
        extensions.hmac(
          convert_to(concat_ws('.', sign_body.id, t.seconds, sign_body.body), 'UTF8'),
          decode(regexp_replace(s.secret, '^whsec_', ''), 'base64'),
          'sha256'
        ), 'base64'
      ), ' '
    )
  )
  from string_to_table(sign_body.secrets, ' ') s (secret)
  cross join (select floor(extract(epoch from sign_body.at_time))::bigint::text as seconds) t
  group by t.seconds;
$$;

comment on function workflow_engine.sign_body(text, text, text, timestamptz) is
  'Headers that sign a body after Standard Webhooks 1.0; the secrets are whsec_…, separated by spaces.';

-- Rings the function: queues a signed request that leaves when this transaction commits. Returns
-- pg_net's id of it, or null when Vault does not hold what it takes (workflow_doctor() says so).
create or replace function workflow_engine.ring()
returns bigint
language plpgsql
set search_path = ''
as $$
declare
  v_body constant jsonb := jsonb '{"type": "workflow.wake"}';
  v_url text := workflow_engine.read_secret('workflow_function_url');
  v_secret text := workflow_engine.read_secret('workflow_secret');
  v_request bigint;
begin
  if v_url is null or v_secret is null then
    return null;
  end if;
  v_request := net.http_post(
    url := v_url,
    body := v_body,
    headers := workflow_engine.sign_body(
      v_body::text, v_secret, 'msg_' || replace(workflow_engine.new_id()::text, '-', ''), clock_timestamp()
    ),
    timeout_milliseconds := 5000
  );
  perform setval('workflow_engine.last_ring_at', floor(extract(epoch from clock_timestamp()) * 1000)::bigint);
  perform setval('workflow_engine.last_ring_transaction', pg_current_xact_id()::text::bigint);
  perform setval('workflow_engine.last_ring_request', v_request);
  return v_request;
end;
$$;

comment on function workflow_engine.ring() is
  'Queues a signed wake-up of the function that leaves at commit; returns pg_net''s request id, or null when Vault lacks the URL or the secret.';

-- Whether the function was rung less than a second ago, on committed evidence: a ring of a transaction
-- that is still open, or that rolled back, silences nobody. The woken worker lingers for 2 s, so it
-- sees what commits until then.
create or replace function workflow_engine.rang_recently()
returns boolean
language plpgsql
set search_path = ''
as $$
declare
  v_at bigint;
  v_transaction bigint;
begin
  select a.last_value, t.last_value
  into v_at, v_transaction
  from workflow_engine.last_ring_at a, workflow_engine.last_ring_transaction t;
  return v_at > extract(epoch from clock_timestamp()) * 1000 - 1000
    and pg_xact_status(v_transaction::text::xid8) = 'committed';
end;
$$;

comment on function workflow_engine.rang_recently() is
  'Whether a committed transaction rang the function less than a second ago.';

-- At commit. Catches everything: a wake-up that fails must never fail a user's transaction, and the
-- tick makes up for it.
create or replace function workflow_engine.wake()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if not workflow_engine.rang_recently() then
    perform workflow_engine.ring();
  end if;
  return null;
exception
  when others then
    raise log 'workflow_engine.wake: %', sqlerrm;
    return null;
end;
$$;

comment on function workflow_engine.wake() is
  'Security definer because whoever commits work need not be able to ring. At commit: rings the function, unless it was rung just now.';

create constraint trigger wake
  after insert on workflow_engine.wake_request
  deferrable initially deferred
  for each row execute function workflow_engine.wake();

-- Asks for a wake-up at commit, once a transaction: the setting remembers which transaction asked, and
-- a rolled-back savepoint takes it back together with the row.
create or replace function workflow_engine.request_wake()
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if current_setting('workflow_engine.woken_by', true) is distinct from pg_current_xact_id()::text then
    perform set_config('workflow_engine.woken_by', pg_current_xact_id()::text, true);
    insert into workflow_engine.wake_request default values on conflict do nothing;
  end if;
end;
$$;

comment on function workflow_engine.request_wake() is
  'Security definer because whoever leaves work need not be able to ring. Asks for a wake-up of the function when this transaction commits.';

-- For a caller that takes the work itself: this transaction asks for no wake-up.
create or replace function workflow_engine.mute_wake()
returns void
language sql
set search_path = ''
as $$
  select set_config('workflow_engine.woken_by', pg_current_xact_id()::text, true);
$$;

comment on function workflow_engine.mute_wake() is
  'Keeps this transaction from asking for a wake-up, because its caller takes the work itself.';
