-- How long retry number `tries` waits: base * factor ^ tries up to the cap, and up to a tenth of that
-- more, so that what failed together does not come back together.
create or replace function workflow_engine.backoff(tries integer, base interval, factor numeric, cap interval)
returns interval
language sql
volatile
return make_interval(
  secs => least(
    extract(epoch from cap)::double precision,
    extract(epoch from base)::double precision * power(factor::double precision, tries)
  ) * (1 + random() * 0.1)
);

comment on function workflow_engine.backoff(integer, interval, numeric, interval) is
  'How long the retry of that number waits, jitter included.';

-- How long somebody asks us to wait: whoever we call may ask for anything, we wait ten years at most.
create or replace function workflow_engine.wait_of(ms double precision)
returns interval
language sql
immutable
return case
  when ms > extract(epoch from interval '10 years') * 1000 then interval '10 years'
  when ms < 0 then interval '0'
  else make_interval(secs => ms / 1000)
end;

comment on function workflow_engine.wait_of(double precision) is
  'That many milliseconds as an interval of at most ten years.';

-- Refuses a report that cannot be read as a whole, before anything of it is written.
create or replace function workflow_engine.check_report(results jsonb, running jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_fault text;
begin
  if jsonb_typeof(check_report.results) is distinct from 'array' or jsonb_typeof(check_report.running) is distinct from 'array' then
    v_fault := 'results and running must be arrays';
  else
    select 'an id, attempt or status is missing or unknown' into v_fault
    from (
      select t.id, t.attempt, t.status
      from jsonb_to_recordset(check_report.results) t (
        id uuid, attempt integer, status text, error text, final boolean,
        retry_after_ms double precision, timeout_ms double precision, http_status integer
      )
      union all
      select t.id, t.attempt, 'completed' from jsonb_to_recordset(check_report.running) t (id uuid, attempt integer)
    ) r
    where r.id is null or r.attempt is null or (r.status in ('completed', 'failed', 'waiting', 'released')) is not true
    limit 1;
  end if;
  if v_fault is not null then
    perform workflow_engine.raise_error(
      'PT400', 'report.invalid', format('Cannot take a report: %s', v_fault),
      'A result is {"id", "attempt", "status": completed | failed | waiting | released, …}.'
    );
  end if;
exception
  when data_exception then
    perform workflow_engine.raise_error(
      'PT400', 'report.invalid', format('Cannot take a report: %s', sqlerrm),
      'A result is {"id", "attempt", "status": completed | failed | waiting | released, …}.'
    );
end;
$$;

comment on function workflow_engine.check_report(jsonb, jsonb) is
  'Raises PT400 for a report that cannot be read.';

-- When people are reminded once more who were reminded that often: fifty times at most.
create or replace function workflow_engine.next_reminder(reminders integer, remind_after interval, at_time timestamptz)
returns timestamptz
language sql
stable
return case when reminders < 50 then at_time + remind_after end;

comment on function workflow_engine.next_reminder(integer, interval, timestamptz) is
  'When the reminder after that many is due; null without an interval, and after the fiftieth.';

-- When an action log whose question nobody has answered is to be looked at again if it waits from this time on:
-- at the next reminder or at the expiry, whichever comes first. Null when it asks nobody.
create or replace function workflow_engine.ask_again_at(action_log_id uuid, at_time timestamptz)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select least(p.expires_at, workflow_engine.next_reminder(p.reminders, p.remind_after, ask_again_at.at_time))
    from public.workflow_approval p
    where p.action_log_id = ask_again_at.action_log_id and p.status = 'pending'
  );
end;
$$;

comment on function workflow_engine.ask_again_at(uuid, timestamptz) is
  'When a pending approval of an action log is next reminded of or expires, or null.';

-- What each result makes of its action log, for those whose attempt is still the current one and in one of
-- these statuses: processing, as a worker reports it, or waiting, where it is the answer. A reminder that
-- fails leaves the question open, whatever is wrong with it.
create or replace function workflow_engine.read_results(results jsonb, at_time timestamptz, statuses text[])
returns table (
  id uuid, status text, final boolean, tries integer, execute_at timestamptz, output jsonb, error text,
  http_status integer, waits_for text
)
language plpgsql
volatile
rows 1
set search_path = ''
as $$
begin
  return query
    select
      l.id, s.next, s.next = 'failed', l.tries + s.is_retry::integer,
      case
        when s.is_retry then read_results.at_time + coalesce(
          workflow_engine.wait_of(r.retry_after_ms),
          workflow_engine.backoff(l.tries + 1, a.backoff_base, a.backoff_factor, a.backoff_cap)
        )
        when s.next = 'waiting' then coalesce(s.due_at, i.ask_again_at)
        when s.next = 'not_started' then read_results.at_time
        else l.execute_at
      end,
      case when s.next = 'completed' then r.output end,
      case
        when i.is_too_large then format('The output has more than %s bytes', g.output_bytes)
        when s.fault is not null then format('Cannot %s: %s', case
          when r.wait ->> 'kind' = 'run' then format('start workflow "%s"', left(r.wait ->> 'workflow', 300))
          else 'wait'
        end, s.fault)
        when r.status = 'failed' then coalesce(r.error, 'No reason given')
        when s.next <> 'completed' then l.error
      end,
      coalesce(r.http_status, case when l.status = 'waiting' then l.http_status end), coalesce(s.kind, l.waits_for)
    from (
      select e.value -> 'output' as output, e.value -> 'wait' as wait, t.*
      from jsonb_array_elements(read_results.results) e
      cross join lateral jsonb_to_record(e.value) t (
        id uuid, attempt integer, status text, error text, final boolean,
        retry_after_ms double precision, timeout_ms double precision, http_status integer
      )
    ) r
    join public.workflow_action_logs l on l.id = r.id and l.attempt = r.attempt and l.status = any (read_results.statuses)
    join workflow_engine.action_version a
      on a.workflow_id = l.workflow_id and a.version = l.workflow_version
      and a.workflow_action_id = l.workflow_action_id
    join workflow_engine.settings g on g.id
    cross join lateral (
      select
        r.status = 'failed' and r.final is not true and l.tries < a.max_retries as is_retry,
        -- As text, no byte becomes more than six: only what might be too large is written out to be measured.
        r.status = 'completed' and pg_column_size(r.output) > g.output_bytes / 6
          and octet_length(r.output::text) > g.output_bytes as is_too_large,
        case when r.status = 'waiting' then workflow_engine.read_wait(l, r.wait, r.timeout_ms, read_results.at_time) end as wait,
        case
          when r.status in ('failed', 'waiting') and l.waits_for = 'approval'
            then workflow_engine.ask_again_at(l.id, read_results.at_time)
        end as ask_again_at
      offset 0
    ) i
    cross join lateral (
      select i.is_retry, (i.wait).*, case
        when i.is_retry or r.status = 'released' then 'not_started'
        when i.ask_again_at is not null then 'waiting'
        when i.is_too_large or (i.wait).fault is not null then 'failed'
        else r.status
      end as next
    ) s;
end;
$$;

comment on function workflow_engine.read_results(jsonb, timestamptz, text[]) is
  'What the results of current attempts make of their action logs.';

-- Writes results, each exactly once: a result whose attempt is no longer the current one matches nothing.
-- Returns the action logs of the others.
create or replace function workflow_engine.write_results(results jsonb, at_time timestamptz, statuses text[])
returns uuid[]
language plpgsql
set search_path = ''
as $$
declare
  v_accepted uuid[];
begin
  with written as (
    update public.workflow_action_logs l
    set
      status = r.status,
      final = r.final,
      tries = r.tries,
      execute_at = r.execute_at,
      output = r.output,
      error = r.error,
      http_status = r.http_status,
      waits_for = r.waits_for,
      lease_expires_at = null,
      completed_at = case when r.status in ('completed', 'failed') then greatest(write_results.at_time, l.started_at) end
    from workflow_engine.read_results(write_results.results, write_results.at_time, write_results.statuses) r
    where l.id = r.id
    returning l.id
  )
  select coalesce(array_agg(w.id), '{}') into v_accepted from written w;
  return v_accepted;
end;
$$;

comment on function workflow_engine.write_results(jsonb, timestamptz, text[]) is
  'Writes the results of current attempts in these statuses; returns their action logs.';

-- The heartbeat: a lease lasts at least lease_grace from now.
create or replace function workflow_engine.extend_leases(running jsonb)
returns void
language plpgsql
set search_path = ''
as $$
begin
  update public.workflow_action_logs l
  set lease_expires_at = greatest(l.lease_expires_at, clock_timestamp() + s.lease_grace)
  from jsonb_to_recordset(extend_leases.running) r (id uuid, attempt integer), workflow_engine.settings s
  where s.id and l.id = r.id and l.attempt = r.attempt and l.status = 'processing'
    and l.lease_expires_at < clock_timestamp() + s.lease_grace;
end;
$$;

comment on function workflow_engine.extend_leases(jsonb) is
  'Extends the leases of attempts that are still running.';

-- Which attempts of a report are no longer current, by what became of them: stopped, or stale. The
-- lateral look-up keeps to the index, however small the table was when the plan was made.
create or replace function workflow_engine.find_outdated(attempts jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'stopped', coalesce(jsonb_agg(r.id) filter (where l.status = 'stopped' and l.attempt = r.attempt), '[]'),
      'stale', coalesce(jsonb_agg(r.id) filter (where l.status is distinct from 'stopped' or l.attempt <> r.attempt), '[]')
    )
    from jsonb_to_recordset(find_outdated.attempts) r (id uuid, attempt integer)
    left join lateral (
      select a.status, a.attempt from public.workflow_action_logs a where a.id = r.id limit 1
    ) l on true
    where (l.attempt = r.attempt and l.status = 'processing') is not true
  );
end;
$$;

comment on function workflow_engine.find_outdated(jsonb) is
  'Which of these attempts are no longer current: {"stopped": [id], "stale": [id]}.';

-- What a worker reports with: results in, outdated attempts and the next claims out. Lock order: the
-- reported logs by id, then runs by id. It waits for work only when it had nothing to write, because
-- what it wrote must not stay uncommitted meanwhile. Security definer because the Data API's roles may not reach
-- workflow_engine; only service_role may execute it.
create or replace function public.workflow_report(
  worker_id text,
  results jsonb,
  running jsonb default '[]',
  max_actions integer default 0,
  wait_ms integer default 0
)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_outdated jsonb;
  v_now timestamptz;
  v_accepted uuid[] := array[]::uuid[];
  v_wait_ms integer := case
    when workflow_report.results = '[]' and workflow_report.running = '[]' then workflow_report.wait_ms
    else 0
  end;
begin
  perform workflow_engine.check_limits(workflow_report.max_actions, workflow_report.wait_ms, 0);
  perform workflow_engine.check_report(workflow_report.results, workflow_report.running);
  perform workflow_engine.mute_wake();
  perform from public.workflow_action_logs l
  where l.id = any (array(
    select (e.value ->> 'id')::uuid
    from jsonb_array_elements(workflow_report.results || workflow_report.running) e
  ))
  order by l.id
  for update;
  v_outdated := workflow_engine.find_outdated(workflow_report.results || workflow_report.running);
  if workflow_report.results <> '[]' then
    v_now := workflow_engine.clock();
    v_accepted := workflow_engine.write_results(workflow_report.results, v_now, '{processing}');
    perform workflow_engine.register_waits(workflow_report.results, v_accepted, v_now);
  end if;
  if workflow_report.running <> '[]' then
    perform workflow_engine.extend_leases(workflow_report.running);
  end if;
  return workflow_engine.claim_or_wait(workflow_report.worker_id, workflow_report.max_actions, v_wait_ms)
    || v_outdated || jsonb_build_object('accepted', cardinality(v_accepted));
end;
$$;

comment on function public.workflow_report(text, jsonb, jsonb, integer, integer) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Reports results [{"id", "attempt", "status", "output" | "error", …}], extends the leases of running [{"id", "attempt"}], and claims more (waiting up to wait_ms only when there is nothing to report); returns {"accepted", "stale", "stopped", "actions", "claims", "next_due_ms"}. Raises PT400 for a report that cannot be read.';
