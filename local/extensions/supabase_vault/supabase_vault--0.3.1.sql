-- The published contract of Supabase Vault 0.3: schema, signatures, defaults, privileges.
--
-- Encryption at rest with a key outside the database: the key is a file of the server's machine,
-- whose path was written into this script when it was installed. The cipher stands in for
-- XChaCha20-Poly1305: AES-256-CBC, then HMAC-SHA256 over the nonce, the secret's id and the
-- ciphertext. As in Vault 0.3, a plain insert into vault.secrets is not encrypted.

-- Security definer because only a superuser may read a file of the server's machine.
create function vault._derive_key(purpose text) returns bytea
language sql
stable
security definer
set search_path = ''
as $$
  select extensions.hmac(
    pg_catalog.convert_to(purpose, 'UTF8'),
    pg_catalog.pg_read_binary_file('@VAULT_KEY_FILE@'),
    'sha256'
  )
$$;

create function vault._tag(ciphertext bytea, additional bytea, context bytea, nonce bytea)
returns bytea
language sql
stable
security definer
set search_path = ''
as $$
  select extensions.hmac(
    pg_catalog.convert_to(
      pg_catalog.jsonb_build_array(context, nonce, additional, ciphertext)::text, 'UTF8'
    ),
    vault._derive_key('authenticate'),
    'sha256'
  )
$$;

create function vault._crypto_aead_det_encrypt(
  message bytea,
  additional bytea,
  key_id bigint,
  context bytea default 'pgsodium',
  nonce bytea default null
) returns bytea
language plpgsql
immutable
security definer
set search_path = ''
as $$
declare
  v_ciphertext bytea := extensions.encrypt_iv(
    message, vault._derive_key('encrypt'), nonce, 'aes-cbc'
  );
begin
  return v_ciphertext || vault._tag(v_ciphertext, additional, context, nonce);
end
$$;

create function vault._crypto_aead_det_decrypt(
  message bytea,
  additional bytea,
  key_id bigint,
  context bytea default 'pgsodium',
  nonce bytea default null
) returns bytea
language plpgsql
immutable
security definer
set search_path = ''
as $$
declare
  v_length int := greatest(pg_catalog.octet_length(message) - 32, 0);
  v_ciphertext bytea := pg_catalog.substr(message, 1, v_length);
  v_tag bytea := pg_catalog.substr(message, v_length + 1);
begin
  if v_tag is distinct from vault._tag(v_ciphertext, additional, context, nonce) then
    raise exception 'pgsodium_crypto_aead_det_decrypt_by_id: invalid ciphertext'
      using errcode = 'external_routine_invocation_exception';
  end if;
  return extensions.decrypt_iv(v_ciphertext, vault._derive_key('encrypt'), nonce, 'aes-cbc');
end
$$;

-- Volatile, because CBC needs a nonce that no other secret has; the real one is immutable.
create function vault._crypto_aead_det_noncegen() returns bytea
language sql
volatile
security definer
set search_path = ''
as $$ select extensions.gen_random_bytes(16) $$;

create function vault._encrypt_secret(id uuid, nonce bytea, secret text) returns text
language sql
stable
set search_path = ''
as $$
  select pg_catalog.encode(
    vault._crypto_aead_det_encrypt(
      message => pg_catalog.convert_to(secret, 'utf8'),
      additional => pg_catalog.convert_to(id::text, 'utf8'),
      key_id => 0,
      context => 'pgsodium'::bytea,
      nonce => nonce
    ),
    'base64'
  )
$$;

create table vault.secrets (
  id uuid primary key default gen_random_uuid(),
  name text,
  description text not null default '',
  secret text not null,
  key_id uuid,
  nonce bytea default vault._crypto_aead_det_noncegen(),
  created_at timestamptz not null default current_timestamp,
  updated_at timestamptz not null default current_timestamp
);

comment on table vault.secrets is
  'Table with encrypted `secret` column for storing sensitive information on disk.';

create unique index on vault.secrets (name) where name is not null;

create view vault.decrypted_secrets as
select
  s.id,
  s.name,
  s.description,
  s.secret,
  convert_from(
    vault._crypto_aead_det_decrypt(
      message => decode(s.secret, 'base64'),
      additional => convert_to(s.id::text, 'utf8'),
      key_id => 0,
      context => 'pgsodium'::bytea,
      nonce => s.nonce
    ),
    'utf8'
  ) as decrypted_secret,
  s.key_id,
  s.nonce,
  s.created_at,
  s.updated_at
from vault.secrets s;

-- Security definer because nobody but Vault may write the table's secrets encrypted.
create function vault.create_secret(
  new_secret text,
  new_name text default null,
  new_description text default '',
  new_key_id uuid default null
) returns uuid
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id uuid := pg_catalog.gen_random_uuid();
  v_nonce bytea := vault._crypto_aead_det_noncegen();
begin
  insert into vault.secrets (id, nonce, name, description, secret)
  values (
    v_id, v_nonce, new_name, new_description, vault._encrypt_secret(v_id, v_nonce, new_secret)
  );
  return v_id;
end
$$;

-- Security definer because nobody but Vault may write the table's secrets encrypted. As the real one,
-- it decrypts what it replaces, and so raises where that cannot be decrypted.
create function vault.update_secret(
  secret_id uuid,
  new_secret text default null,
  new_name text default null,
  new_description text default null,
  new_key_id uuid default null
) returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_secret text := (select d.decrypted_secret from vault.decrypted_secrets d where d.id = secret_id);
begin
  update vault.secrets s
  set
    secret = case
      when new_secret is null then s.secret
      else vault._encrypt_secret(s.id, s.nonce, new_secret)
    end,
    name = coalesce(new_name, s.name),
    description = coalesce(new_description, s.description),
    updated_at = pg_catalog.now()
  where s.id = secret_id;
end
$$;

revoke all on all functions in schema vault from public;
