-- What an application has of its own: a profile for each user who signs up, which the user completes
-- by giving a name. Runs again without harm.
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
  using (id = (select auth.uid()));

drop policy if exists "Users complete their own profile" on public.profiles;

create policy "Users complete their own profile" on public.profiles
  for update to authenticated
  using (id = (select auth.uid()))
  with check (id = (select auth.uid()));

-- Security definer because Auth's role may not write the application's tables.
create or replace function public.create_profile()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into public.profiles (id, email) values (new.id, new.email);
  return null;
end;
$$;

revoke all on function public.create_profile() from public, anon, authenticated;

create or replace trigger create_profile
  after insert on auth.users
  for each row execute function public.create_profile();

-- From here on, changes of profiles are events of the workflow engine.
select public.workflow_attach('public.profiles');
