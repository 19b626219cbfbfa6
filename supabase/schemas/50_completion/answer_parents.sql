-- The completed last actions of a run: those that no other follows.
create or replace function workflow_engine.last_logs(run_id uuid)
returns table (name text, output jsonb)
language plpgsql
stable
rows 10
set search_path = ''
as $$
begin
  return query
    select a.name, l.output
    from public.workflow_run r
    join workflow_engine.action_version a on a.workflow_id = r.workflow_id and a.version = r.workflow_version
    join public.workflow_action_logs l
      on l.run_id = r.id and l.workflow_action_id = a.workflow_action_id and l.item_index is null
    where r.id = last_logs.run_id
      and l.status = 'completed'
      and not a.is_compensation
      and not exists (
        select from workflow_engine.action_version b
        where b.workflow_id = a.workflow_id and b.version = a.version and a.workflow_action_id = any (b.depends_on)
      );
end;
$$;

comment on function workflow_engine.last_logs(uuid) is
  'The names and outputs of a run''s completed last actions.';

-- What a run came to: the outputs of its last actions by name, or why there are none to hand up.
create or replace function workflow_engine.run_output(run_id uuid, out output jsonb, out error text)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_limit bigint := (select s.output_bytes from workflow_engine.settings s where s.id);
begin
  if (select sum(octet_length(l.output::text)) from workflow_engine.last_logs(run_output.run_id) l) > v_limit then
    error := format('The outputs of the last actions of run %s have more than %s bytes together', run_output.run_id, v_limit);
  else
    select coalesce(json_object_agg(l.name, l.output)::jsonb, '{}') into output
    from workflow_engine.last_logs(run_output.run_id) l;
  end if;
end;
$$;

comment on function workflow_engine.run_output(uuid) is
  'The outputs of a run''s completed last actions as {name: output}; an error where they are too large together.';

-- Why a run failed or was stopped, as a sentence.
create or replace function workflow_engine.explain_end(run public.workflow_run)
returns text
language sql
stable
set search_path = ''
as $$
  select format('Run %s of workflow "%s" %s%s', (explain_end.run).id,
    coalesce((select w.name from public.workflow w where w.id = (explain_end.run).workflow_id), 'deleted'),
    case (explain_end.run).status when 'failed' then 'failed' else 'was stopped' end,
    (
      select format(': action "%s": %s', coalesce(a.name, l.workflow_action_id::text), l.error)
      from public.workflow_action_logs l
      left join workflow_engine.action_version a
        on a.workflow_id = l.workflow_id and a.version = l.workflow_version
        and a.workflow_action_id = l.workflow_action_id
      where l.run_id = (explain_end.run).id and l.item_index is null and l.status = 'failed'
      order by l.completed_at, l.id
      limit 1
    ));
$$;

comment on function workflow_engine.explain_end(public.workflow_run) is
  'Why a run did not complete, as a sentence.';

-- The answer that a child's end is to the action that waits for it.
create or replace function workflow_engine.child_answer(run public.workflow_run)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_output record;
  v_error text;
begin
  select * into v_output from workflow_engine.run_output((child_answer.run).id);
  v_error := case
    when (child_answer.run).status <> 'completed' and (child_answer.run).on_failure = 'fail' then workflow_engine.explain_end(child_answer.run)
    else v_output.error
  end;
  return jsonb_build_object('id', (child_answer.run).parent_action_log_id, 'attempt', (child_answer.run).parent_attempt)
    || case
      when v_error is not null then jsonb_build_object('status', 'failed', 'final', true, 'error', v_error)
      else jsonb_build_object('status', 'completed', 'output', jsonb_build_object(
        'run_id', (child_answer.run).id, 'status', (child_answer.run).status, 'output', v_output.output
      ))
    end;
end;
$$;

comment on function workflow_engine.child_answer(public.workflow_run) is
  'The result of the action log that waits for a child''s end.';

-- Tells parents that their children have ended; where there is no parent any more, nobody. In a transaction of
-- its own, never in the one that ended the child: that one has locked the child's run, and a parent's stop locks
-- from the parent down. Waits for nobody. The order of the first look makes a plan that was made while the table
-- was empty use the index.
create or replace function workflow_engine.answer_parents(at_time timestamptz)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_children uuid[];
begin
  if (select true from public.workflow_run r where r.owes_answer and r.completed_at is not null order by r.id limit 1) is null then
    return;
  end if;
  select array_agg(c.id) into v_children
  from (
    select r.id
    from public.workflow_run r
    join public.workflow_action_logs l on l.id = r.parent_action_log_id
    cross join lateral (
      select workflow_engine.lock_owners(r.parent_run_id, l.workflow_action_id, l.item_index) as are_free offset 0
    ) o
    where r.owes_answer and r.completed_at is not null and r.ended_in <> pg_current_xact_id() and o.are_free
    order by r.id
    limit 100
    for update of l, r skip locked
  ) c;
  if v_children is not null then
    perform workflow_engine.write_results((
      select to_jsonb(array_agg(workflow_engine.child_answer(r)))
      from public.workflow_run r
      where r.id = any (v_children)
    ), answer_parents.at_time, '{waiting}');
    update public.workflow_run r set owes_answer = false where r.id = any (v_children);
  end if;
  update public.workflow_run r
  set owes_answer = false
  where r.id in (
    select o.id
    from public.workflow_run o
    where o.owes_answer and o.completed_at is not null
      and not exists (select from public.workflow_action_logs l where l.id = o.parent_action_log_id)
    order by o.id
    limit 100
    for update skip locked
  );
end;
$$;

comment on function workflow_engine.answer_parents(timestamptz) is
  'Tells the actions that wait for a child what it came to.';
