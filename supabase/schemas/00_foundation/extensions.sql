-- What the engine stands on. All of them come with a Supabase project.
create extension if not exists pgcrypto with schema extensions;

create extension if not exists pg_net;

create extension if not exists supabase_vault;

create extension if not exists pg_cron;
