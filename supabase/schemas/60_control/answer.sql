-- The action log of that id, locked; raises PT404 when there is none.
create or replace function workflow_engine.lock_log(action_id uuid)
returns public.workflow_action_logs
language plpgsql
set search_path = ''
as $$
declare
  v_log public.workflow_action_logs;
begin
  select * into v_log from public.workflow_action_logs l where l.id = lock_log.action_id for update;
  if not found then
    perform workflow_engine.raise_error(
      'PT404', 'action_log.unknown', format('There is no action log %s', coalesce(lock_log.action_id::text, 'null')),
      'Look at public.workflow_action_logs for those there are.'
    );
  end if;
  return v_log;
end;
$$;

comment on function workflow_engine.lock_log(uuid) is 'Locks an action log by its id; raises PT404 for an unknown one.';

-- Whether a JSON value is a number, and one that fits into eight bytes.
create or replace function workflow_engine.is_double(value jsonb)
returns boolean
language plpgsql
immutable
set search_path = ''
as $$
begin
  return is_double.value::double precision is not null;
exception
  when data_exception then
    return false;
end;
$$;

comment on function workflow_engine.is_double(jsonb) is 'Whether a JSON value is a number that a double precision can be.';

-- An answer as a result of that attempt; raises PT422 for what is none.
create or replace function workflow_engine.read_answer(action_id uuid, attempt integer, result jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  if jsonb_typeof(read_answer.result) is distinct from 'object'
    or (read_answer.result ->> 'status' in ('completed', 'failed', 'retry')) is not true
    or (read_answer.result ? 'retry_after_ms' and not workflow_engine.is_double(read_answer.result -> 'retry_after_ms'))
  then
    perform workflow_engine.raise_error(
      'PT422', 'answer.invalid', 'Cannot take the answer: its status is not completed, failed or retry, or its retry_after_ms no number',
      'An answer is {"status": "completed", "output"}, {"status": "failed", "error"} or {"status": "retry", "error", "retry_after_ms"}.'
    );
  end if;
  return jsonb_strip_nulls(jsonb_build_object('error', read_answer.result ->> 'error', 'retry_after_ms', read_answer.result -> 'retry_after_ms'))
    || jsonb_build_object('id', read_answer.action_id, 'attempt', read_answer.attempt)
    || case read_answer.result ->> 'status'
      when 'retry' then jsonb '{"status": "failed"}'
      when 'failed' then jsonb '{"status": "failed", "final": true}'
      else jsonb '{"status": "completed"}'
    end
    || case when read_answer.result ? 'output' then jsonb_build_object('output', read_answer.result -> 'output') else '{}' end;
end;
$$;

comment on function workflow_engine.read_answer(uuid, integer, jsonb) is
  'An answer from outside as a result of an attempt; raises PT422 for what is none.';

-- Why an action log takes no answer to a callback, or null: it does not wait for one, or no longer. One that is at
-- work may be about to wait for it, but not one that only waits for something else, or whose question is open.
create or replace function workflow_engine.find_answer_fault(log public.workflow_action_logs)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_action workflow_engine.action_version := (
    select a from workflow_engine.action_version a
    where a.workflow_id = (find_answer_fault.log).workflow_id and a.version = (find_answer_fault.log).workflow_version
      and a.workflow_action_id = (find_answer_fault.log).workflow_action_id
  );
begin
  return case (find_answer_fault.log).status
    when 'waiting' then case
      when (find_answer_fault.log).waits_for <> 'callback' then 'it is waiting for ' || (find_answer_fault.log).waits_for
      when (find_answer_fault.log).execute_at <= workflow_engine.clock() then 'its timeout has passed'
    end
    when 'processing' then case
      when v_action.action_type <> 'http_request' and v_action.template ->> 'target_endpoint' is null
        and exists (select from workflow_engine.wait_fields(v_action.action_type))
        or workflow_engine.ask_again_at((find_answer_fault.log).id, workflow_engine.clock()) is not null
        then 'it will wait for no callback'
    end
    else 'it is ' || (find_answer_fault.log).status
  end;
end;
$$;

comment on function workflow_engine.find_answer_fault(public.workflow_action_logs) is
  'Why an action log takes no answer to a callback, or null.';

-- The answer of whoever an action was handed on to. It counts once, for the attempt that it quotes, even
-- when it comes before that attempt has reported that it waits. Security definer because the Data API's
-- roles may not reach workflow_engine; only service_role may execute it.
create or replace function public.workflow_answer(action_id uuid, attempt integer, result jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_result jsonb := workflow_engine.read_answer(workflow_answer.action_id, workflow_answer.attempt, workflow_answer.result);
  v_log public.workflow_action_logs := workflow_engine.lock_log(workflow_answer.action_id);
  v_fault text := workflow_engine.find_answer_fault(v_log);
begin
  if v_log.attempt is distinct from workflow_answer.attempt then
    perform workflow_engine.raise_error(
      'PT409', 'answer.stale',
      format('Cannot answer attempt %s of action log %s: its attempt is %s', workflow_answer.attempt, v_log.id, v_log.attempt),
      'Another attempt has begun; only its answer counts.'
    );
  elsif v_fault is not null then
    perform workflow_engine.raise_error(
      'PT409', 'answer.not_awaited',
      format('Cannot answer action log %s: %s', v_log.id, v_fault),
      'The first answer counts, until the timeout.'
    );
  end if;
  perform workflow_engine.write_results(jsonb_build_array(v_result), workflow_engine.clock(), '{processing,waiting}');
  perform workflow_engine.request_wake();
  return (select jsonb_build_object('status', l.status) from public.workflow_action_logs l where l.id = v_log.id);
end;
$$;

comment on function public.workflow_answer(uuid, integer, jsonb) is
  'Security definer because the Data API''s roles may not reach workflow_engine. Answers an attempt that waits for a callback with {"status": completed | failed | retry, "output" | "error", "retry_after_ms"}; returns {"status"} of its action log. Raises PT404 for an unknown action log, PT409 for an attempt that is not current or waits no more, PT422 for an answer that cannot be read.';
