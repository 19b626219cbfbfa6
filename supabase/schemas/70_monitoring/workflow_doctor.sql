-- The doctor's checks, one a function: each returns ok or a sentence that says what is wrong and what to
-- type.

-- What Vault stores of a secret, and what it makes of that. What it encrypts is stored in base64, which
-- neither a URL nor whsec_… ever is.
create or replace function workflow_engine.check_secret(name text, stored text, decrypted text)
returns text
language sql
immutable
set search_path = ''
as $$
  select case
    when check_secret.stored is null then format('Vault holds no %s. Type: select workflow_configure(''https://<project>.supabase.co/functions/v1/workflow-cron'');', check_secret.name)
    when check_secret.stored !~ '^[A-Za-z0-9+/\s]+[=\s]*$' then format('%s lies in Vault unencrypted: it was inserted, not created. Delete it from vault.secrets and type workflow_configure(…) again.', check_secret.name)
    when check_secret.decrypted is null then format('Vault cannot decrypt %s. Type workflow_configure(…) again.', check_secret.name)
    when check_secret.name = 'workflow_secret' and check_secret.decrypted !~ '^whsec_[A-Za-z0-9+/]+=*( whsec_[A-Za-z0-9+/]+=*)*$' then 'workflow_secret is not of the form whsec_<base64>. Delete it from Vault and type workflow_configure(…) again.'
    else 'ok'
  end;
$$;

comment on function workflow_engine.check_secret(text, text, text) is
  'What is wrong with a secret of Vault, or ok.';

-- Vault must hold the function's URL and the secret, readable and encrypted.
create or replace function workflow_engine.check_vault(name text)
returns text
language sql
stable
set search_path = ''
as $$
  select workflow_engine.check_secret(
    check_vault.name,
    (select s.secret from vault.secrets s where s.name = check_vault.name),
    workflow_engine.read_secret(check_vault.name)
  );
$$;

comment on function workflow_engine.check_vault(text) is 'Whether Vault holds a secret that can be read.';

-- pg_cron must have the tick's job, active, and have run it within the last two minutes.
create or replace function workflow_engine.check_tick()
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when j.jobid is null then 'pg_cron has no job "workflow-tick". Type: select cron.schedule(''workflow-tick'', ''* * * * *'', ''select public.workflow_action_log_cron()'');'
    when not j.active then format('The job "workflow-tick" is switched off. Type: select cron.alter_job(%s, active := true);', j.jobid)
    when s.ran_at is null then 'The tick has not run yet. If that is so in two minutes, pg_cron does not run: restart the database.'
    when s.ran_at < clock_timestamp() - interval '2 minutes' then format('The tick last ran at %s. pg_cron does not run: look at cron.job_run_details, and restart the database.', s.ran_at)
    else 'ok'
  end
  from workflow_engine.tick_state s
  left join cron.job j on j.jobname = 'workflow-tick';
$$;

comment on function workflow_engine.check_tick() is 'Whether pg_cron runs the tick.';

-- pg_net must take its requests: what was rung ten seconds ago must have left the queue.
create or replace function workflow_engine.check_requests()
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when exists (select from net.http_request_queue q where q.id = r.last_value)
      and a.rung_at < clock_timestamp() - interval '10 seconds'
    then format('pg_net has not sent the wake-up of %s. Type: select net.worker_restart();', a.rung_at)
    else 'ok'
  end
  from workflow_engine.last_ring_request r
  cross join (select to_timestamp(s.last_value / 1000.0) as rung_at from workflow_engine.last_ring_at s) a;
$$;

comment on function workflow_engine.check_requests() is 'Whether pg_net sends its requests.';

-- The last wake-up must have been answered with 202.
create or replace function workflow_engine.check_answer()
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when q.last_value = 0 then 'The function was never rung. If Vault holds its URL it has been rung just now: ask again in a few seconds.'
    when r.status_code between 200 and 299 then 'ok'
    when r.status_code = 401 then 'The function refused the wake-up: its WORKFLOW_SECRET is not the one in Vault. Type: supabase secrets set WORKFLOW_SECRET=<workflow_secret of Vault>.'
    when r.status_code = 404 then 'There is no function at the URL in Vault. Type: supabase functions deploy workflow-cron, or workflow_configure(…) with the right URL.'
    when r.id is not null then format('The wake-up failed: %s. Look at the function''s logs.', coalesce(r.error_msg, 'HTTP ' || r.status_code))
    when a.rung_at > clock_timestamp() - interval '10 seconds' then 'The function was rung just now and has not answered yet: ask again in a few seconds.'
    else format('Nobody answered the wake-up of %s. Look at the URL in Vault and at the function''s logs.', a.rung_at)
  end
  from workflow_engine.last_ring_request q
  cross join (select to_timestamp(s.last_value / 1000.0) as rung_at from workflow_engine.last_ring_at s) a
  left join net._http_response r on r.id = q.last_value;
$$;

comment on function workflow_engine.check_answer() is 'Whether the function answered the last wake-up.';

-- No workflow may have begun so many runs about one record that the engine had to slow it down.
create or replace function workflow_engine.check_loops()
returns text
language sql
stable
set search_path = ''
as $$
  select coalesce((
    select format('Workflow "%s" began too many runs about %s %s: the last was put off at %s. If it changes the table that triggers it, give it a condition that is false for its own changes.',
      w.name, h.detail ->> 'related_table', h.detail ->> 'related_table_pkey', h.recorded_at)
    from public.workflow_history h
    left join public.workflow w on w.id = h.workflow_id
    where h.kind = 'throttled' and h.recorded_at > workflow_engine.clock() - interval '1 hour'
    order by h.recorded_at desc
    limit 1
  ), 'ok');
$$;

comment on function workflow_engine.check_loops() is 'Whether no record began too many runs within the last hour.';

-- What is missing or sick, in words. Rings the function each time it is asked, so that asked again a
-- few seconds later it tells whether that was answered. Security definer because service_role may ask
-- and may not reach workflow_engine.
create or replace function public.workflow_doctor()
returns table (subject text, is_well boolean, finding text)
language plpgsql
security definer
set search_path = ''
as $$
begin
  return query
    select c.subject, c.finding = 'ok', c.finding
    from (
      values
        ('function URL', workflow_engine.check_vault('workflow_function_url')),
        ('secret', workflow_engine.check_vault('workflow_secret')),
        ('tick', workflow_engine.check_tick()),
        ('pg_net', workflow_engine.check_requests()),
        ('wake-up', workflow_engine.check_answer()),
        ('loops', workflow_engine.check_loops())
    ) c (subject, finding);
  perform workflow_engine.ring();
end;
$$;

comment on function public.workflow_doctor() is
  'Security definer because service_role may ask and may not reach workflow_engine. Says in words what is missing or sick: one row a subject, with "ok" or what to type. Rings the function; ask again a few seconds later to see that answered.';
