-- What is to become of a due action log. `data` is what its verdict needs: the values of its template
-- (start), the items (fan_out), the rule it takes (choose), what its condition saw (skip). Where it goes on
-- although it has a condition, `reason` is what that saw, as JSON. Of a reminder that cannot be made, the question
-- goes on waiting (wait).
create type workflow_engine.candidate as (
  id uuid,
  verdict text,
  reason text,
  data jsonb
);

comment on type workflow_engine.candidate is
  'A due action log: its verdict (start, fan_out, choose, skip, fail, wait, postpone, hold), the reason, and the data that go with it.';

-- The outputs and statuses of a run's actions so far, by name. Here and below, JSON of unknown size is
-- not gathered by jsonb_agg() or jsonb_object_agg(): both need time with the square of the length of an
-- array in it (seconds for 10,000 elements). And most of what claims and reports run is in plpgsql, which
-- keeps its plans, where a function in SQL plans in each call.
create or replace function workflow_engine.read_outputs(run_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select coalesce(json_object_agg(a.name, jsonb_build_object('status', l.status, 'output', l.output))::jsonb, '{}')
    from public.workflow_run r
    join workflow_engine.action_version a on a.workflow_id = r.workflow_id and a.version = r.workflow_version
    join public.workflow_action_logs l
      on l.run_id = r.id and l.workflow_action_id = a.workflow_action_id and l.item_index is null
    where r.id = read_outputs.run_id
  );
end;
$$;

comment on function workflow_engine.read_outputs(uuid) is
  'The outputs and statuses of a run''s actions as {name: {status, output}}: $.actions.';

-- The part of the data that an expression reads. event, record and actions may be large and are shared
-- by the items of a fan-out: they are handed on by reference, and only an expression that reads
-- several parts gets a copy of them together. `rest` holds vars, item, run and now.
create or replace function workflow_engine.pick_root(kind text, event jsonb, record jsonb, actions jsonb, rest jsonb)
returns jsonb
language sql
immutable
return case kind
  when 'event' then event
  when 'record' then record
  when 'actions' then actions
  when 'rest' then rest
  else rest || event || record || actions
end;

comment on function workflow_engine.pick_root(text, jsonb, jsonb, jsonb, jsonb) is
  'The part of the data that an expression reads; the whole for one that reads several.';

-- The values of a template's holes, in order. A path that finds nothing gives null; one with a
-- wildcard gives all that it finds, as an array.
create or replace function workflow_engine.fill_holes(
  action workflow_engine.action_version,
  event jsonb,
  record jsonb,
  actions jsonb,
  rest jsonb
)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(to_jsonb(array_agg(
    case
      when h.takes_all then jsonb_path_query_array_tz(
        workflow_engine.pick_root(h.root, fill_holes.event, fill_holes.record, fill_holes.actions, fill_holes.rest), h.path, '{}', true
      )
      else coalesce(jsonb_path_query_first_tz(
        workflow_engine.pick_root(h.root, fill_holes.event, fill_holes.record, fill_holes.actions, fill_holes.rest), h.path, '{}', true
      ), 'null')
    end
    order by h.ordinality
  )), '[]')
  from unnest((fill_holes.action).paths, (fill_holes.action).path_roots, (fill_holes.action).takes_all)
    with ordinality h (path, root, takes_all, ordinality);
$$;

comment on function workflow_engine.fill_holes(workflow_engine.action_version, jsonb, jsonb, jsonb, jsonb) is
  'The values that the paths of an action''s template find, in order.';

-- A value as it is kept for whoever asks later: what is large is not written out for that.
create or replace function workflow_engine.show_value(value jsonb)
returns text
language sql
immutable
return case
  when pg_column_size(value) > 8192 then format('a JSON %s of %s bytes', jsonb_typeof(value), pg_column_size(value))
  else left(value::text, 200)
end;

comment on function workflow_engine.show_value(jsonb) is
  'A JSON value as a text of at most 200 characters.';

-- What a condition comes to and what it looks at, so that one sees later why it decided as it did.
create or replace function workflow_engine.explain_condition(condition jsonpath, root jsonb)
returns jsonb
language plpgsql
stable
strict
set search_path = ''
as $$
begin
  return (
    select jsonb_build_object(
      'expression', explain_condition.condition::text,
      'result', coalesce(jsonb_path_match_tz(explain_condition.root, explain_condition.condition, '{}', true), false),
      'values', coalesce(jsonb_object_agg(
        p.path, workflow_engine.show_value(jsonb_path_query_first_tz(explain_condition.root, p.path::jsonpath, '{}', true))
      ), '{}')
    )
    from (
      select distinct m[1] as path
      from regexp_matches(explain_condition.condition::text, '(\$(?:\."(?:[^"\\]|\\.)*"|\[[0-9]+\])+)', 'g') m
    ) p
  );
end;
$$;

comment on function workflow_engine.explain_condition(jsonpath, jsonb) is
  'A condition with its result and the values it saw, as {"expression", "result", "values"}.';

-- The first rule of a choice that holds, with all that were asked until then; without one, the names are
-- none. The else asks nothing.
create or replace function workflow_engine.make_choice(choices jsonb, root jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_rule record;
  v_asked jsonb;
  v_because jsonb := jsonb '[]';
begin
  for v_rule in
    select r.number - 1 as number, r.rule -> 'names' as names, (r.rule ->> 'condition')::jsonpath as condition
    from jsonb_array_elements(make_choice.choices) with ordinality r (rule, number)
    order by r.number
  loop
    if v_rule.condition is not null then
      v_asked := workflow_engine.explain_condition(v_rule.condition, make_choice.root);
      v_because := v_because || jsonb_build_array(v_asked);
    end if;
    if v_rule.condition is null or (v_asked -> 'result')::boolean then
      return jsonb_build_object('rule', v_rule.number, 'chosen', v_rule.names, 'because', v_because);
    end if;
  end loop;
  return jsonb_build_object('rule', null, 'chosen', jsonb '[]', 'because', v_because);
end;
$$;

comment on function workflow_engine.make_choice(jsonb, jsonb) is
  'The first rule of a choice that holds, as {"rule", "chosen": [name], "because": [what each rule asked saw]}.';

-- What an action's condition says about this log; null where it is not asked. That of a fan-out is asked
-- once, unless it reads the item: then each item is asked.
create or replace function workflow_engine.ask_condition(
  action workflow_engine.action_version,
  item_index integer,
  event jsonb,
  record jsonb,
  actions jsonb,
  rest jsonb
)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  if (ask_condition.action).condition is null
    or ((ask_condition.action).for_each is not null
      and (ask_condition.item_index is not null) <> (ask_condition.action).condition_reads_item)
  then
    return null;
  end if;
  return workflow_engine.explain_condition((ask_condition.action).condition, workflow_engine.pick_root(
    (ask_condition.action).condition_root, ask_condition.event, ask_condition.record, ask_condition.actions, ask_condition.rest
  ));
end;
$$;

comment on function workflow_engine.ask_condition(workflow_engine.action_version, integer, jsonb, jsonb, jsonb, jsonb) is
  'What the condition of a due action log says, with the values it saw; null without one.';

-- Whether the items of a fan-out's log have been created before.
create or replace function workflow_engine.has_items(id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return exists (
    select
    from public.workflow_action_logs l
    join workflow_engine.fan_out f on f.run_id = l.run_id and f.workflow_action_id = l.workflow_action_id
    where l.id = has_items.id
  );
end;
$$;

comment on function workflow_engine.has_items(uuid) is 'Whether the items of a fan-out''s log exist.';

-- What becomes of the log of a fan-out: its items, or a clear failure. One that is repeated has them already, and keeps
-- them.
create or replace function workflow_engine.open_fan_out(id uuid, path jsonpath, root jsonb)
returns workflow_engine.candidate
language plpgsql
stable
set search_path = ''
as $$
declare
  v_items jsonb;
begin
  if workflow_engine.has_items(open_fan_out.id) then
    return row(open_fan_out.id, text 'fan_out', null::text, null::jsonb);
  end if;
  v_items := workflow_engine.find_items(open_fan_out.path, open_fan_out.root);
  if jsonb_typeof(v_items) = 'array' then
    return row(open_fan_out.id, text 'fan_out', null::text, v_items);
  end if;
  return row(
    open_fan_out.id, text 'fail',
    format('for_each "%s" found %s, not an array', open_fan_out.path, coalesce('a JSON ' || jsonb_typeof(v_items), 'nothing')),
    null::jsonb
  );
end;
$$;

comment on function workflow_engine.open_fan_out(uuid, jsonpath, jsonb) is
  'What becomes of the log of a fan-out: its items (null where it has them already), or a failure when it has no array.';

-- What becomes of one due action log. A condition is asked once, before the action begins: not before a reminder.
create or replace function workflow_engine.decide_candidate(
  id uuid,
  action workflow_engine.action_version,
  item_index integer,
  is_reminder boolean,
  event jsonb,
  record jsonb,
  actions jsonb,
  rest jsonb,
  max_bytes integer
)
returns workflow_engine.candidate
language plpgsql
stable
set search_path = ''
as $$
declare
  v_condition jsonb;
  v_candidate workflow_engine.candidate;
begin
  if (decide_candidate.action).is_costly and pg_column_size(decide_candidate.event) + pg_column_size(decide_candidate.record)
    + pg_column_size(decide_candidate.actions) + pg_column_size(decide_candidate.rest) > decide_candidate.max_bytes
  then
    return row(decide_candidate.id, text 'fail', text 'An expression has two wildcards and its data is too large for that', null::jsonb);
  end if;
  if not decide_candidate.is_reminder then
    v_condition := workflow_engine.ask_condition(decide_candidate.action, decide_candidate.item_index,
      decide_candidate.event, decide_candidate.record, decide_candidate.actions, decide_candidate.rest);
  end if;
  if not (v_condition -> 'result')::boolean then
    return row(decide_candidate.id, text 'skip', text 'condition', v_condition);
  end if;
  if (decide_candidate.action).choices is not null then
    v_candidate := row(decide_candidate.id, text 'choose', null::text, workflow_engine.make_choice((decide_candidate.action).choices,
      decide_candidate.rest || decide_candidate.event || decide_candidate.record || decide_candidate.actions));
  elsif (decide_candidate.action).for_each is not null and decide_candidate.item_index is null then
    v_candidate := workflow_engine.open_fan_out(decide_candidate.id, (decide_candidate.action).for_each,
      decide_candidate.rest || decide_candidate.event || decide_candidate.record || decide_candidate.actions);
  else
    v_candidate := row(decide_candidate.id, text 'start', null::text, workflow_engine.fill_holes(decide_candidate.action,
      decide_candidate.event, decide_candidate.record, decide_candidate.actions, decide_candidate.rest));
  end if;
  v_candidate.reason := coalesce(v_candidate.reason, v_condition::text);
  return v_candidate;
end;
$$;

comment on function workflow_engine.decide_candidate(uuid, workflow_engine.action_version, integer, boolean, jsonb, jsonb, jsonb, jsonb, integer) is
  'Decides what becomes of a due action log.';

-- What for_each found: the array its path leads to, or, with a wildcard, all that it finds.
create or replace function workflow_engine.find_items(path jsonpath, root jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select case
    when workflow_engine.count_wildcards(find_items.path) > 0
      then jsonb_path_query_array_tz(find_items.root, find_items.path, '{}', true)
    else jsonb_path_query_first_tz(find_items.root, find_items.path, '{}', true)
  end;
$$;

comment on function workflow_engine.find_items(jsonpath, jsonb) is 'What the path of a for_each finds.';

-- A batch of due action logs with their compiled actions, in the batch's order. What is a reminder says until when
-- the question can be answered.
create or replace function workflow_engine.read_due(log_ids uuid[])
returns table (
  ordinality bigint, id uuid, run_id uuid, item_index integer, item jsonb, asked_until timestamptz, action workflow_engine.action_version
)
language plpgsql
stable
rows 100
set search_path = ''
as $$
begin
  return query
    select d.ordinality, l.id, l.run_id, l.item_index, l.item,
      case when l.waits_for = 'approval' then (
        select p.expires_at from public.workflow_approval p where p.action_log_id = l.id and p.status = 'pending'
      ) end,
      a
    from unnest(read_due.log_ids) with ordinality d (id, ordinality)
    cross join lateral (select * from public.workflow_action_logs l where l.id = d.id limit 1) l
    join workflow_engine.action_version a
      on a.workflow_id = l.workflow_id and a.version = l.workflow_version
      and a.workflow_action_id = l.workflow_action_id;
end;
$$;

comment on function workflow_engine.read_due(uuid[]) is
  'A batch of due action logs with their compiled actions.';

-- What the logs of each run in a batch share, read and built once a run: the parts that pick_root
-- chooses from. Event and outputs only where an expression reads them: items of a large array need not
-- carry it along. The record is the current row, of the run's own organization or none.
create or replace function workflow_engine.read_runs(log_ids uuid[], at_time timestamptz)
returns table (
  run_id uuid, event jsonb, record jsonb, actions jsonb, rest jsonb, is_unreadable boolean, is_paused boolean
)
language plpgsql
rows 100
set search_path = ''
as $$
begin
  return query
    with due as materialized (
      select d.run_id, bool_or((d.action).reads_actions) as reads_actions, bool_or(
        (d.action).reads_event or (d.action).choices is not null or ((d.action).for_each is not null and d.item_index is null)
      ) as reads_event
      from workflow_engine.read_due(read_runs.log_ids) d
      group by d.run_id
    ),
    current_row as materialized (
      select * from workflow_engine.read_records(read_runs.log_ids)
    )
    select
      r.id,
      jsonb_build_object('event', case when d.reads_event then e.payload end),
      jsonb_build_object('record', c.record),
      jsonb_build_object('actions', case when d.reads_actions then workflow_engine.read_outputs(r.id) end),
      jsonb_build_object('vars', v.vars, 'now', read_runs.at_time, 'run', jsonb_build_object(
        'id', r.id, 'workflow_id', r.workflow_id, 'event', e.name, 'started_at', r.starts_at
      )),
      r.related_table in (select u.related_table from current_row u where u.related_table_pkey is null),
      r.status = 'paused' or r.workflow_id in (select p.workflow_id from workflow_engine.pause p where p.workflow_id is not null)
    from due d
    cross join lateral (select * from public.workflow_run r where r.id = d.run_id limit 1) r
    cross join lateral (select * from public.workflow_event e where e.id = r.event_id limit 1) e
    join workflow_engine.workflow_version v on v.workflow_id = r.workflow_id and v.version = r.workflow_version
    left join workflow_engine.attachment t on t.related_table = r.related_table
    left join current_row c
      on c.related_table = r.related_table and c.related_table_pkey = r.related_table_pkey
      and (t.organization_column is null or c.organization_id is not distinct from r.organization_id);
end;
$$;

comment on function workflow_engine.read_runs(uuid[], timestamptz) is
  'What the expressions of a batch of due action logs look at, a row a run.';

-- Decides what becomes of each of a batch of locked, due action logs.
create or replace function workflow_engine.prepare_claims(log_ids uuid[], at_time timestamptz)
returns workflow_engine.candidate[]
language plpgsql
set search_path = ''
as $$
declare
  v_paused_types text[] := array(select p.action_type from workflow_engine.pause p where p.action_type is not null);
begin
  return (
    select coalesce(array_agg(
      case
        when r.is_paused or (d.action).action_type = any (v_paused_types)
          then row(d.id, text 'hold', null::text, null::jsonb)::workflow_engine.candidate
        when r.is_unreadable or d.asked_until <= prepare_claims.at_time
          then row(d.id, text 'postpone', null::text, null::jsonb)::workflow_engine.candidate
        else workflow_engine.decide_candidate(
          d.id, d.action, d.item_index, d.asked_until is not null, r.event, r.record, r.actions, r.rest || jsonb_build_object('item', d.item),
          (select s.costly_expression_bytes from workflow_engine.settings s where s.id)
        )
      end
      order by d.ordinality
    ), '{}')
    from workflow_engine.read_due(prepare_claims.log_ids) d
    join workflow_engine.read_runs(prepare_claims.log_ids, prepare_claims.at_time) r on r.run_id = d.run_id
  );
end;
$$;

comment on function workflow_engine.prepare_claims(uuid[], timestamptz) is
  'Decides at once for each due action log what becomes of it, and evaluates what goes with that.';

-- Keeps with what goes on what its condition saw; with what does not, its skip keeps it.
create or replace function workflow_engine.keep_conditions(candidates workflow_engine.candidate[])
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_kept jsonb := (
    select json_object_agg(c.id, c.reason::jsonb)
    from unnest(keep_conditions.candidates) c
    where c.verdict in ('start', 'choose', 'fan_out') and c.reason is not null
  );
begin
  if v_kept is not null then
    update public.workflow_action_logs l
    set meta = l.meta || jsonb_build_object('condition', k.value)
    from jsonb_each(v_kept) k
    where l.id = k.key::uuid and l.meta -> 'condition' is distinct from k.value;
  end if;
end;
$$;

comment on function workflow_engine.keep_conditions(workflow_engine.candidate[]) is
  'Keeps what the conditions of due action logs saw that go on.';

-- What nobody knows any more what to do with: its workflow was deleted while its run began, which no lock forbids.
create or replace function workflow_engine.decide_orphans(log_ids uuid[], candidates workflow_engine.candidate[])
returns workflow_engine.candidate[]
language sql
stable
set search_path = ''
as $$
  select array(
    select row(i.id, text 'fail', text 'Its workflow was deleted', null::jsonb)::workflow_engine.candidate
    from unnest(decide_orphans.log_ids) i (id)
    where i.id <> all (array(select c.id from unnest(decide_orphans.candidates) c))
  );
$$;

comment on function workflow_engine.decide_orphans(uuid[], workflow_engine.candidate[]) is
  'Fails the due action logs whose workflow was deleted.';

-- What fails where a question is open leaves it open: a reminder that cannot be made is no failure of it.
create or replace function workflow_engine.spare_questions(candidates workflow_engine.candidate[], at_time timestamptz)
returns workflow_engine.candidate[]
language plpgsql
stable
set search_path = ''
as $$
begin
  if not exists (select from unnest(spare_questions.candidates) c where c.verdict = 'fail') then
    return spare_questions.candidates;
  end if;
  return array(
    select case
      when c.verdict = 'fail' and workflow_engine.ask_again_at(c.id, spare_questions.at_time) is not null
        then row(c.id, text 'wait', c.reason, null::jsonb)::workflow_engine.candidate
      else row(c.id, c.verdict, c.reason, c.data)::workflow_engine.candidate
    end
    from unnest(spare_questions.candidates) with ordinality c (id, verdict, reason, data, number)
    order by c.number
  );
end;
$$;

comment on function workflow_engine.spare_questions(workflow_engine.candidate[], timestamptz) is
  'Lets the questions go on waiting whose reminder would fail.';

-- The same, whatever happens: data that cannot be evaluated fails its own action log, never the batch.
create or replace function workflow_engine.decide_claims(log_ids uuid[], at_time timestamptz)
returns workflow_engine.candidate[]
language plpgsql
set search_path = ''
as $$
declare
  v_log uuid;
  v_candidates workflow_engine.candidate[] := array[]::workflow_engine.candidate[];
begin
  begin
    v_candidates := workflow_engine.prepare_claims(decide_claims.log_ids, decide_claims.at_time);
  exception
    when data_exception or program_limit_exceeded or syntax_error then
      foreach v_log in array decide_claims.log_ids loop
        begin
          v_candidates := v_candidates || workflow_engine.prepare_claims(array[v_log], decide_claims.at_time);
        exception
          when data_exception or program_limit_exceeded or syntax_error then
            v_candidates := v_candidates
              || row(v_log, 'fail', 'Its data cannot be evaluated: ' || sqlerrm, null)::workflow_engine.candidate;
        end;
      end loop;
  end;
  if cardinality(v_candidates) < cardinality(decide_claims.log_ids) then
    v_candidates := v_candidates || workflow_engine.decide_orphans(decide_claims.log_ids, v_candidates);
  end if;
  perform workflow_engine.keep_conditions(v_candidates);
  return workflow_engine.spare_questions(v_candidates, decide_claims.at_time);
end;
$$;

comment on function workflow_engine.decide_claims(uuid[], timestamptz) is
  'Decides for each due action log what becomes of it; what cannot be evaluated fails alone.';
