-- Schema extensions, what is installed from the start, and what postgres may do with pg_cron.

create schema extensions;
grant usage on schema extensions to postgres, anon, authenticated, service_role;
grant all on schema extensions to postgres;

create extension pgcrypto with schema extensions;
create extension "uuid-ossp" with schema extensions;

create schema vault;
create extension supabase_vault with schema vault;
grant usage on schema vault to postgres with grant option;
grant select, delete on vault.secrets, vault.decrypted_secrets to postgres with grant option;
grant execute on function
  vault.create_secret, vault.update_secret, vault._crypto_aead_det_decrypt
  to postgres with grant option;
grant usage on schema vault to service_role;
grant select, delete on vault.secrets, vault.decrypted_secrets to service_role;
grant execute on function
  vault.create_secret, vault.update_secret, vault._crypto_aead_det_decrypt
  to service_role;

-- Security definer because pg_cron's objects belong to the superuser.
create function extensions.grant_pg_cron_access() returns event_trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  if not exists (
    select
    from pg_catalog.pg_event_trigger_ddl_commands() c
    join pg_catalog.pg_extension e on e.oid = c.objid
    where c.classid = 'pg_catalog.pg_extension'::pg_catalog.regclass and e.extname = 'pg_cron'
  ) then
    return;
  end if;
  grant usage on schema cron to postgres with grant option;
  grant all on all functions in schema cron to postgres with grant option;
  grant all on all tables in schema cron to postgres with grant option;
  revoke all on cron.job from postgres;
  grant select on cron.job to postgres with grant option;
end
$$;
comment on function extensions.grant_pg_cron_access() is
  'Gives postgres what the platform gives it when pg_cron is created';

create event trigger issue_pg_cron_access
  on ddl_command_end
  when tag in ('CREATE EXTENSION')
  execute function extensions.grant_pg_cron_access();

-- The real pg_cron writes its tables as the owner of the extension. On the platform that is the
-- superuser, whoever creates it; a trusted extension would belong to postgres.
do $$
begin
  if current_setting('cron.database_name', true) = current_database() then
    create extension pg_cron;
  end if;
end
$$;
