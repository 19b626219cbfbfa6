-- Row-level security: a signed-in user sees the rows of the organization that the token names, and
-- changes none. service_role bypasses it, as everywhere in Supabase.
alter table public.workflow enable row level security;

alter table public.workflow_action enable row level security;

alter table public.workflow_event enable row level security;

alter table public.workflow_run enable row level security;

alter table public.workflow_action_logs enable row level security;

alter table public.workflow_history enable row level security;

alter table public.workflow_approval enable row level security;

create policy "Members see their organization's workflows" on public.workflow
  for select to authenticated
  using (organization_id = (select auth.jwt() ->> 'organization_id'));

create policy "Members see their organization's actions" on public.workflow_action
  for select to authenticated
  using (organization_id = (select auth.jwt() ->> 'organization_id'));

create policy "Members see their organization's events" on public.workflow_event
  for select to authenticated
  using (organization_id = (select auth.jwt() ->> 'organization_id'));

create policy "Members see their organization's runs" on public.workflow_run
  for select to authenticated
  using (organization_id = (select auth.jwt() ->> 'organization_id'));

create policy "Members see their organization's action logs" on public.workflow_action_logs
  for select to authenticated
  using (organization_id = (select auth.jwt() ->> 'organization_id'));

create policy "Members see their organization's history" on public.workflow_history
  for select to authenticated
  using (organization_id = (select auth.jwt() ->> 'organization_id'));

create policy "Members see their organization's approvals" on public.workflow_approval
  for select to authenticated
  using (organization_id = (select auth.jwt() ->> 'organization_id'));
