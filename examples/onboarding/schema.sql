-- The application's own table: a profile for each user who signs up. May be run again.
create table if not exists public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  email text not null,
  full_name text,
  created_at timestamptz not null default now()
);

alter table public.profiles enable row level security;

drop policy if exists "Users see their own profile" on public.profiles;

create policy "Users see their own profile" on public.profiles
  for select to authenticated
  using ((select auth.uid()) = id);

drop policy if exists "Users complete their own profile" on public.profiles;

create policy "Users complete their own profile" on public.profiles
  for update to authenticated
  using ((select auth.uid()) = id)
  with check ((select auth.uid()) = id);

-- Mails go to profiles.email, so nobody may write somebody else's address there.
revoke all on public.profiles from anon, authenticated;

grant select, update (full_name) on public.profiles to authenticated;

-- Auth writes auth.users; this makes the profile in the same transaction.
create or replace function public.handle_new_user()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.profiles (id, email) values (new.id, new.email);
  return new;
end;
$$;

revoke execute on function public.handle_new_user() from public, anon, authenticated;

create or replace trigger on_auth_user_created
  after insert on auth.users
  for each row execute function public.handle_new_user();

-- From here on each change of a profile is an event: public.profiles.insert, .update, .delete.
select workflow_attach('public.profiles');
