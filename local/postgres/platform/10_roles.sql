-- The platform's roles. Passwords are set afterwards, by the stack.

-- Runs the migrations; no superuser, as on the platform.
create role postgres nosuperuser createdb createrole login replication bypassrls;

create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role service_role nologin noinherit bypassrls;
create role authenticator noinherit login;
create role supabase_auth_admin noinherit createrole login;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role, authenticator to postgres with admin option;
grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres;

-- The login role of the local Data API, in place of authenticator: it has to act as the Auth
-- server too.
create role data_api inherit login;
grant anon, authenticated, service_role, supabase_auth_admin to data_api;

alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role data_api set statement_timeout = '8s';

alter role postgres set search_path = "$user", public, extensions;
alter role supabase_admin set search_path = "$user", public, auth, extensions;
alter role supabase_auth_admin set search_path = auth;

alter database postgres owner to postgres;
grant create on database postgres to supabase_auth_admin;
