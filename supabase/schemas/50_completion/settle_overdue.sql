-- When the oldest event occurred that nobody has looked at yet: until that has been done it is too soon to say
-- that none came by a later time. Infinity when there is none.
create or replace function workflow_engine.oldest_unseen()
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
  return coalesce(least(
    (select e.occurred_at from workflow_engine.awaited_event e where e.is_new order by e.event_id limit 1),
    (select e.occurred_at from public.workflow_event e where e.expanded_at is null order by e.id limit 1)
  ), 'infinity');
end;
$$;

comment on function workflow_engine.oldest_unseen() is
  'When the oldest event occurred that has not been matched or compared with those that wait; infinity when there is none.';

-- Of overdue approvals, lets expire what can be decided no longer, and has what is to be reminded of claimed once
-- more; the handler sees which reminder it is. What is neither yet goes on waiting until it is.
create or replace function workflow_engine.remind_approvers(log_ids uuid[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_approval a
  set status = 'expired', remind_at = null
  where a.action_log_id = any (remind_approvers.log_ids)
    and a.status = 'pending' and a.expires_at <= remind_approvers.at_time;
  with reminded as (
    update public.workflow_approval a
    set reminders = a.reminders + 1,
      remind_at = workflow_engine.next_reminder(a.reminders + 1, a.remind_after, remind_approvers.at_time)
    where a.action_log_id = any (remind_approvers.log_ids)
      and a.status = 'pending' and a.remind_at <= remind_approvers.at_time
    returning a.action_log_id, a.reminders
  )
  update public.workflow_action_logs l
  set status = 'not_started', execute_at = remind_approvers.at_time,
    meta = l.meta || jsonb_build_object('reminder', r.reminders)
  from reminded r
  where l.id = r.action_log_id;
  update public.workflow_action_logs l
  set execute_at = least(a.expires_at, a.remind_at)
  from public.workflow_approval a
  where l.id = any (remind_approvers.log_ids) and l.status = 'waiting'
    and a.action_log_id = l.id and a.status = 'pending';
end;
$$;

comment on function workflow_engine.remind_approvers(uuid[], timestamptz) is
  'Sends overdue approvals back to be reminded of, or lets them expire.';

-- What a timeout is to the action that waited: the end of a sleep, an outcome, or a failure.
create or replace function workflow_engine.timeout_answer(log public.workflow_action_logs)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object('id', (timeout_answer.log).id, 'attempt', (timeout_answer.log).attempt)
    || case (timeout_answer.log).waits_for
      when 'sleep' then jsonb '{"status": "completed"}'
      when 'event' then jsonb '{"status": "completed", "output": {"timed_out": true, "event": null}}'
      when 'approval' then
        jsonb '{"status": "completed", "output": {"decision": "expired", "decided_by": null, "comment": null, "decided_at": null}}'
      else jsonb '{"status": "failed", "final": true, "error": "No answer came before the timeout"}'
    end;
$$;

comment on function workflow_engine.timeout_answer(public.workflow_action_logs) is
  'The result of an action log whose wait is over.';

-- Ends the waits of these action logs that are over by then. The caller holds them and their runs.
create or replace function workflow_engine.end_waits(log_ids uuid[], at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_answers jsonb;
begin
  perform workflow_engine.remind_approvers(end_waits.log_ids, end_waits.at_time);
  select to_jsonb(array_agg(workflow_engine.timeout_answer(l))) into v_answers
  from public.workflow_action_logs l
  where l.id = any (end_waits.log_ids) and l.status = 'waiting' and l.execute_at <= end_waits.at_time;
  if v_answers is not null then
    perform workflow_engine.write_results(v_answers, end_waits.at_time, '{waiting}');
  end if;
end;
$$;

comment on function workflow_engine.end_waits(uuid[], timestamptz) is
  'Ends the waits of overdue action logs, or sends what is to be reminded of back to be claimed.';

-- Ends the waits that are over, but those whose log or run somebody holds.
create or replace function workflow_engine.settle_overdue(at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_oldest_unseen timestamptz := workflow_engine.oldest_unseen();
  v_overdue uuid[];
begin
  select array_agg(o.id) into v_overdue
  from (
    select l.id
    from public.workflow_action_logs l
    cross join lateral (
      select workflow_engine.lock_owners(l.run_id, l.workflow_action_id, l.item_index) as are_free offset 0
    ) o
    where l.status = 'waiting' and l.execute_at <= settle_overdue.at_time
      and o.are_free
      and (l.waits_for <> 'event' or (
        l.execute_at < v_oldest_unseen
        and not exists (select from workflow_engine.event_wait w where w.action_log_id = l.id and w.is_new)
      ))
    order by l.execute_at
    limit 1000
    for update of l skip locked
  ) o;
  if v_overdue is not null then
    perform workflow_engine.end_waits(v_overdue, settle_overdue.at_time);
  end if;
end;
$$;

comment on function workflow_engine.settle_overdue(timestamptz) is
  'Ends the waits that are over: sleeps, timeouts, expiries; sends reminders.';

-- Lets approvals expire whose reminder nobody has sent in time: no worker runs, it is paused, or the last try of
-- it failed. Not those whose log or run somebody holds. Among the overdue ones are those that only wait; of these
-- settle_overdue() has taken the first.
create or replace function workflow_engine.expire_unreminded(at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_expired uuid[] := array(
    select l.id
    from (
      select p.action_log_id
      from public.workflow_approval p
      where p.status = 'pending' and p.expires_at <= expire_unreminded.at_time
      order by p.expires_at
      limit 2000
    ) a
    cross join lateral (
      select l.id, l.run_id, l.workflow_action_id, l.item_index
      from public.workflow_action_logs l
      where l.id = a.action_log_id and l.status = 'not_started'
      for update skip locked
    ) l
    cross join lateral (
      select workflow_engine.lock_owners(l.run_id, l.workflow_action_id, l.item_index) as are_free offset 0
    ) o
    where o.are_free
  );
begin
  if v_expired <> '{}' then
    update public.workflow_action_logs l
    set status = 'waiting', is_held = false, execute_at = expire_unreminded.at_time
    where l.id = any (v_expired);
    perform workflow_engine.end_waits(v_expired, expire_unreminded.at_time);
  end if;
end;
$$;

comment on function workflow_engine.expire_unreminded(timestamptz) is
  'Lets approvals expire that wait for a reminder to be sent.';

-- Whether a waiting action may be able to go on. The orders make a plan that was made while the tables were
-- empty look at their indexes, and still do so when they have grown.
create or replace function workflow_engine.has_answers(at_time timestamptz, with_own boolean)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return coalesce(
    (
      select true
      from workflow_engine.awaited_event e
      where e.is_new and (has_answers.with_own or e.marked_by is distinct from pg_current_xact_id_if_assigned())
      order by e.event_id
      limit 1
    ),
    (
      select true
      from workflow_engine.event_wait w
      where w.is_new and (has_answers.with_own or w.marked_by is distinct from pg_current_xact_id_if_assigned())
      order by w.action_log_id
      limit 1
    ),
    (
      select true
      from public.workflow_run r
      where r.owes_answer and r.completed_at is not null
        and r.ended_in is distinct from pg_current_xact_id_if_assigned()
      order by r.id
      limit 1
    ),
    (
      select true
      from workflow_engine.unneeded_child c
      where c.stop_at <= clock_timestamp() and c.marked_by is distinct from pg_current_xact_id_if_assigned()
      order by c.run_id
      limit 1
    ),
    (
      select true
      from public.workflow_action_logs l
      where l.status = 'waiting' and l.execute_at <= has_answers.at_time
      order by l.execute_at
      limit 1
    ),
    (
      select true
      from (
        select a.action_log_id
        from public.workflow_approval a
        where a.status = 'pending' and a.expires_at <= has_answers.at_time
        order by a.expires_at
        limit 2000
      ) a
      cross join lateral (
        select from public.workflow_action_logs l where l.id = a.action_log_id and l.status = 'not_started' limit 1
      ) l
      limit 1
    ),
    false
  );
end;
$$;

comment on function workflow_engine.has_answers(timestamptz, boolean) is
  'Whether an event, a child''s end or the time may let a waiting action go on, or a child is to be stopped; what this transaction itself made new counts only with_own.';

-- Everything that may let a waiting action go on, events before timeouts. An error of one step keeps nothing
-- else: neither the other steps nor the claim.
create or replace function workflow_engine.settle_waits(at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
begin
  if workflow_engine.has_answers(settle_waits.at_time, true) then
    perform workflow_engine.run_step('match_events($1)', settle_waits.at_time);
    perform workflow_engine.run_step('answer_parents($1)', settle_waits.at_time);
    perform workflow_engine.run_step('settle_overdue($1)', settle_waits.at_time);
    perform workflow_engine.run_step('expire_unreminded($1)', settle_waits.at_time);
    perform workflow_engine.run_step('stop_unneeded_children()', settle_waits.at_time);
  end if;
end;
$$;

comment on function workflow_engine.settle_waits(timestamptz) is
  'Answers what waits: by events, by the ends of children, by time; stops children that nobody waits for any more.';

-- Nobody waits for the event of these any more.
create or replace function workflow_engine.forget_event_waits(log_ids uuid[])
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
set jit = off
as $$
begin
  delete from workflow_engine.event_wait w
  where w.action_log_id = any (forget_event_waits.log_ids) and w.event_id is null;
end;
$$;

comment on function workflow_engine.forget_event_waits(uuid[]) is
  'Forgets the events that action logs no longer wait for.';

-- Nobody waits for the event of these any more, and nobody need decide for them.
create or replace function workflow_engine.forget_waits(log_ids uuid[])
returns void
language plpgsql
set search_path = ''
set enable_seqscan = off
set jit = off
as $$
begin
  perform workflow_engine.forget_event_waits(forget_waits.log_ids);
  update public.workflow_approval a
  set status = 'stopped', remind_at = null
  where a.action_log_id = any (forget_waits.log_ids) and a.status = 'pending';
end;
$$;

comment on function workflow_engine.forget_waits(uuid[]) is
  'Forgets the events and decisions that ended action logs were waiting for.';

-- After waiting actions ended some other way: forgets what they waited for; what was stopped needs its children no
-- more.
create or replace function workflow_engine.drop_waits(log_ids uuid[])
returns void
language plpgsql
set search_path = ''
as $$
begin
  perform workflow_engine.forget_waits(drop_waits.log_ids);
  perform workflow_engine.drop_children(drop_waits.log_ids);
end;
$$;

comment on function workflow_engine.drop_waits(uuid[]) is
  'Forgets what ended action logs were waiting for.';
