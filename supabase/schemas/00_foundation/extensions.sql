-- What the engine stands on. All of them come with a Supabase project. pg_net puts what it has into
-- schema net; it is itself listed in extensions, because Supabase's security advisor warns of public.
create extension if not exists pgcrypto with schema extensions;

create extension if not exists pg_net with schema extensions;

create extension if not exists supabase_vault;

create extension if not exists pg_cron;
