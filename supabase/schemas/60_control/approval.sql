-- Answers the action that asks, also while a reminder is under way, or before the tick has sent back what an
-- application wrote a failure of: its question is open until it has failed for good.
create or replace function workflow_engine.answer_approval(approval_id uuid, at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_answers jsonb := (
    select to_jsonb(array_agg(jsonb_build_object(
      'id', l.id, 'attempt', l.attempt, 'status', 'completed',
      'output', jsonb_build_object(
        'decision', a.status, 'decided_by', a.decided_by, 'comment', a.comment, 'decided_at', a.decided_at
      )
    )))
    from public.workflow_approval a
    join public.workflow_action_logs l on l.id = a.action_log_id
    where a.id = answer_approval.approval_id
  );
begin
  update public.workflow_action_logs l
  set status = 'not_started', completed_at = null
  where l.id = (v_answers #>> '{0,id}')::uuid and l.status = 'failed';
  update public.workflow_action_logs l
  set status = 'waiting', is_held = false
  where l.id = (v_answers #>> '{0,id}')::uuid and l.status = 'not_started';
  perform workflow_engine.write_results(v_answers, answer_approval.at_time, '{processing,waiting}');
end;
$$;

comment on function workflow_engine.answer_approval(uuid, timestamptz) is
  'Answers the action of a decided approval.';

-- The approval of that id, locked after its action log; raises PT404 when there is none.
create or replace function workflow_engine.lock_approval(approval_id uuid)
returns public.workflow_approval
language plpgsql
set search_path = ''
as $$
declare
  v_approval public.workflow_approval;
begin
  perform from public.workflow_action_logs l
  where l.id = (select a.action_log_id from public.workflow_approval a where a.id = lock_approval.approval_id)
  for update;
  select * into v_approval from public.workflow_approval a where a.id = lock_approval.approval_id for update;
  if not found then
    perform workflow_engine.raise_error(
      'PT404', 'approval.unknown', format('There is no approval %s', coalesce(lock_approval.approval_id::text, 'null')),
      'Look at public.workflow_approval for those there are.'
    );
  end if;
  return v_approval;
end;
$$;

comment on function workflow_engine.lock_approval(uuid) is
  'Locks an approval and its action log; raises PT404 for an unknown one.';

-- Decides a pending approval, once.
create or replace function workflow_engine.decide(approval_id uuid, decision text, comment text, decided_by text)
returns public.workflow_approval
language plpgsql
set search_path = ''
as $$
declare
  v_now timestamptz := workflow_engine.clock();
  v_approval public.workflow_approval := workflow_engine.lock_approval(decide.approval_id);
begin
  if length(decide.comment) > 2000 then
    perform workflow_engine.raise_error(
      'PT422', 'approval.comment_too_long', format('Cannot decide approval %s: the comment has more than 2,000 characters', v_approval.id),
      'Write less, or put a link.'
    );
  end if;
  if v_approval.status <> 'pending' or v_approval.expires_at <= v_now then
    perform workflow_engine.raise_error(
      'PT409', 'approval.decided',
      format('Cannot decide approval %s: it is %s', v_approval.id, case
        when v_approval.status = 'pending' then 'expired'
        else v_approval.status || coalesce(' by ' || v_approval.decided_by, '')
      end),
      'The first decision counts.'
    );
  end if;
  update public.workflow_approval a
  set status = decide.decision, decided_at = v_now, decided_by = decide.decided_by, comment = decide.comment, remind_at = null
  where a.id = v_approval.id
  returning * into v_approval;
  insert into public.workflow_history (
    organization_id, workflow_id, run_id, action_log_id, action, item_index, kind, attempt, recorded_at, actor, reason, detail
  )
  select l.organization_id, l.workflow_id, l.run_id, l.id, workflow_engine.action_name(l), l.item_index, decide.decision,
    l.attempt, v_now, decide.decided_by, decide.comment, jsonb_build_object('approval_id', v_approval.id)
  from public.workflow_action_logs l
  where l.id = v_approval.action_log_id;
  perform workflow_engine.answer_approval(v_approval.id, v_now);
  perform workflow_engine.request_wake();
  return v_approval;
end;
$$;

comment on function workflow_engine.decide(uuid, text, text, text) is
  'Decides a pending approval; raises PT404 for an unknown one, PT409 for one that is decided or expired.';

-- The roles that the caller's token gives: the claim user_role, or app_metadata, which users cannot write.
create or replace function workflow_engine.caller_roles()
returns text[]
language sql
stable
set search_path = ''
as $$
  select array_remove(array_agg(r.role), null)
  from (
    select auth.jwt() ->> 'user_role' as role
    union all
    select auth.jwt() -> 'app_metadata' ->> 'role'
    union all
    select jsonb_array_elements_text(
      case jsonb_typeof(auth.jwt() -> 'app_metadata' -> 'roles') when 'array' then auth.jwt() -> 'app_metadata' -> 'roles' else '[]' end
    )
  ) r;
$$;

comment on function workflow_engine.caller_roles() is
  'The roles in the caller''s token: user_role, app_metadata.role and app_metadata.roles.';

-- Whether the caller acts for the platform: has the rights of service_role, by the role it has become or, where
-- it has become none, by the one it signed in with. Everybody else is a member of the organization that the token
-- names, or of none.
create or replace function workflow_engine.is_trusted()
returns boolean
language sql
stable
return pg_catalog.pg_has_role(
  coalesce(nullif(current_setting('role'), 'none'), session_user::text)::name, 'service_role', 'usage'
);

comment on function workflow_engine.is_trusted() is
  'Whether the caller acts for the platform, as service_role does.';

-- Whether this belongs to another organization than the caller.
create or replace function workflow_engine.is_foreign(organization_id text)
returns boolean
language sql
stable
return not workflow_engine.is_trusted() and (auth.jwt() ->> 'organization_id' = organization_id) is not true;

comment on function workflow_engine.is_foreign(text) is
  'Whether something belongs to another organization than the caller.';

-- Decides on behalf of the caller: a member of the organization who has the role, or service_role.
create or replace function workflow_engine.decide_as_caller(approval_id uuid, decision text, comment text, actor text)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_approval public.workflow_approval;
  v_is_user boolean := not workflow_engine.is_trusted();
begin
  select * into v_approval from public.workflow_approval a where a.id = decide_as_caller.approval_id;
  if workflow_engine.is_foreign(v_approval.organization_id) then
    perform workflow_engine.raise_error(
      'PT404', 'approval.unknown', format('There is no approval %s', coalesce(decide_as_caller.approval_id::text, 'null')),
      'Sign in as a member of its organization.'
    );
  end if;
  if v_is_user and v_approval.role is not null and v_approval.role <> all (workflow_engine.caller_roles()) then
    perform workflow_engine.raise_error(
      'PT403', 'approval.role_missing',
      format('Cannot decide approval %s: that takes the role "%s"', v_approval.id, v_approval.role),
      'Sign in as somebody who has the role: in the claim user_role or in app_metadata.'
    );
  end if;
  return to_jsonb(workflow_engine.decide(
    decide_as_caller.approval_id, decide_as_caller.decision, decide_as_caller.comment,
    workflow_engine.named_actor(case when not v_is_user then decide_as_caller.actor end)
  ));
end;
$$;

comment on function workflow_engine.decide_as_caller(uuid, text, text, text) is
  'Decides an approval as the caller; raises PT403 without the role.';

-- Says yes. Security definer because neither members nor service_role may write approvals.
create or replace function public.workflow_approve(approval_id uuid, comment text default null, actor text default null)
returns jsonb
language sql
security definer
set search_path = ''
as $$
  select workflow_engine.decide_as_caller(workflow_approve.approval_id, 'approved', workflow_approve.comment, workflow_approve.actor);
$$;

comment on function public.workflow_approve(uuid, text, text) is
  'Security definer because neither members nor service_role may write approvals. Approves a pending approval; returns it. Raises PT404 for an unknown one, PT403 without the role, PT409 for one that is decided or expired.';

-- Says no. Security definer because neither members nor service_role may write approvals.
create or replace function public.workflow_reject(approval_id uuid, comment text default null, actor text default null)
returns jsonb
language sql
security definer
set search_path = ''
as $$
  select workflow_engine.decide_as_caller(workflow_reject.approval_id, 'rejected', workflow_reject.comment, workflow_reject.actor);
$$;

comment on function public.workflow_reject(uuid, text, text) is
  'Security definer because neither members nor service_role may write approvals. Rejects a pending approval; returns it. Raises PT404 for an unknown one, PT403 without the role, PT409 for one that is decided or expired.';

-- What whoever holds a link sees of an approval, also when its workflow has been deleted since.
create or replace function workflow_engine.show_approval(token text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'id', a.id, 'workflow', coalesce(w.name, 'a workflow that was deleted'), 'message', a.message, 'details', a.details, 'role', a.role, 'recipient', t.recipient,
    'status', case when a.status = 'pending' and a.expires_at <= workflow_engine.clock() then 'expired' else a.status end,
    'expires_at', a.expires_at, 'decided_by', a.decided_by, 'decided_at', a.decided_at, 'comment', a.comment
  )
  from workflow_engine.approval_token t
  join public.workflow_approval a on a.id = t.approval_id
  join public.workflow_run r on r.id = a.run_id
  left join public.workflow w on w.id = r.workflow_id
  where t.hash = sha256(convert_to(show_approval.token, 'UTF8'));
$$;

comment on function workflow_engine.show_approval(text) is
  'The approval that a link opens; null for an unknown token.';

-- What a link is about. Security definer because the Data API's roles may not reach workflow_engine; only
-- service_role may execute it.
create or replace function public.workflow_read_approval(token text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_approval jsonb := workflow_engine.show_approval(workflow_read_approval.token);
begin
  if v_approval is null then
    perform workflow_engine.raise_error(
      'PT404', 'approval.unknown', 'There is no approval with this link', 'Open the link as it was sent.'
    );
  end if;
  return v_approval;
end;
$$;

comment on function public.workflow_read_approval(text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. The approval that a link opens: {"id", "workflow", "message", "details", "role", "recipient", "status", "expires_at", "decided_by", "decided_at", "comment"}. Raises PT404 for an unknown token.';

-- Decides by a link, in the name of whom it was sent to. Security definer because the Data API's roles may
-- not reach workflow_engine; only service_role may execute it.
create or replace function public.workflow_decide(token text, decision text, comment text default null)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_approval jsonb := public.workflow_read_approval(workflow_decide.token);
begin
  if (workflow_decide.decision in ('approved', 'rejected')) is not true then
    perform workflow_engine.raise_error(
      'PT422', 'approval.decision_invalid',
      format('Cannot decide "%s"', workflow_decide.decision), 'A decision is approved or rejected.'
    );
  end if;
  perform workflow_engine.decide(
    (v_approval ->> 'id')::uuid, workflow_decide.decision, workflow_decide.comment, v_approval ->> 'recipient'
  );
  return workflow_engine.show_approval(workflow_decide.token);
end;
$$;

comment on function public.workflow_decide(text, text, text) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Decides (approved or rejected) by the token of a link; returns the approval as workflow_read_approval() does. Raises PT404 for an unknown token, PT409 for an approval that is decided or expired, PT422 for another decision.';
