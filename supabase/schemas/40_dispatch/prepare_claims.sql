-- What is to become of a due action log, and the values of its template.
create type workflow_engine.candidate as (
  id uuid,
  verdict text,
  reason text,
  hole_values jsonb
);

comment on type workflow_engine.candidate is
  'A due action log: its verdict (start, skip, fail, postpone), the reason, and what fills its template.';

-- The outputs and statuses of a run's actions so far, by name. Here and below, JSON of unknown size is
-- not gathered by jsonb_agg() or jsonb_object_agg(): both need time with the square of the length of an
-- array in it (seconds for 10,000 elements).
create or replace function workflow_engine.read_outputs(run_id uuid)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select coalesce(json_object_agg(a.name, jsonb_build_object('status', l.status, 'output', l.output))::jsonb, '{}')
    from public.workflow_action_logs l
    join workflow_engine.action_version a
      on a.workflow_id = l.workflow_id and a.version = l.workflow_version
      and a.workflow_action_id = l.workflow_action_id
    where l.run_id = read_outputs.run_id
  );
end;
$$;

comment on function workflow_engine.read_outputs(uuid) is
  'The outputs and statuses of a run''s actions as {name: {status, output}}: $.actions.';

-- The values of a template's holes, in order. A path that finds nothing gives null; one with a
-- wildcard gives all that it finds, as an array.
create or replace function workflow_engine.fill_holes(root jsonb, paths jsonpath[], takes_all boolean[])
returns jsonb
language sql
stable
set search_path = ''
as $$
  select coalesce(to_jsonb(array_agg(
    case
      when h.takes_all then jsonb_path_query_array_tz(fill_holes.root, h.path, '{}', true)
      else coalesce(jsonb_path_query_first_tz(fill_holes.root, h.path, '{}', true), 'null')
    end
    order by h.ordinality
  )), '[]')
  from unnest(fill_holes.paths, fill_holes.takes_all) with ordinality h (path, takes_all, ordinality);
$$;

comment on function workflow_engine.fill_holes(jsonb, jsonpath[], boolean[]) is
  'The values that a template''s paths find, in order.';

-- Decides what becomes of each of a batch of locked, due action logs. Evaluates the conditions over
-- { event, record, actions, run, vars, item, now }, where record is the current row: of the log's own
-- organization, or none. `offset 0` and `materialized` keep Postgres from building a root once for each
-- time it is mentioned. In plpgsql, as most of what claims and reports run: it keeps its plan, and planning
-- this takes longer than doing it for a hundred.
create or replace function workflow_engine.prepare_claims(log_ids uuid[], at_time timestamptz)
returns workflow_engine.candidate[]
language plpgsql
set search_path = ''
as $$
begin
  return (
    with records as materialized (
      select * from workflow_engine.read_records(prepare_claims.log_ids)
    ),
    due as materialized (
      select
        l.id, d.ordinality, a.paths, a.takes_all, c.root,
        a.is_costly and pg_column_size(c.root) > s.costly_expression_bytes as is_too_costly,
        l.related_table in (select u.related_table from records u where u.related_table_pkey is null) as is_unreadable,
        workflow_engine.holds(a.condition, a.is_costly, c.root, s.costly_expression_bytes) as holds
      from unnest(prepare_claims.log_ids) with ordinality d (id, ordinality)
      join public.workflow_action_logs l on l.id = d.id
      join public.workflow_run r on r.id = l.run_id
      join public.workflow_event e on e.id = r.event_id
      join workflow_engine.action_version a
        on a.workflow_id = l.workflow_id and a.version = l.workflow_version
        and a.workflow_action_id = l.workflow_action_id
      join workflow_engine.settings s on s.id
      left join workflow_engine.attachment t on t.related_table = l.related_table
      left join records x
        on x.related_table = l.related_table and x.related_table_pkey = l.related_table_pkey
        and (t.organization_column is null or x.organization_id is not distinct from l.organization_id)
      cross join lateral (
        select jsonb_build_object(
          'event', e.payload, 'record', x.record, 'vars', '{}'::jsonb, 'item', null, 'now', prepare_claims.at_time,
          'actions', case when a.reads_actions then workflow_engine.read_outputs(l.run_id) end,
          'run', jsonb_build_object('id', r.id, 'workflow_id', r.workflow_id, 'event', e.name, 'started_at', r.starts_at)
        ) as root
        offset 0
      ) c
    )
    select coalesce(array_agg(
      row(
        d.id, v.verdict, v.reason,
        case when v.verdict = 'start' then workflow_engine.fill_holes(d.root, d.paths, d.takes_all) end
      )::workflow_engine.candidate
      order by d.ordinality
    ), '{}')
    from due d
    cross join lateral (
      select
        case
          when d.is_unreadable then 'postpone'
          when d.is_too_costly then 'fail'
          when d.holds then 'start'
          else 'skip'
        end as verdict,
        case
          when d.is_too_costly then 'An expression has two wildcards and its data is too large for that'
          when not d.holds then 'its condition is not true'
        end as reason
    ) v
  );
end;
$$;

comment on function workflow_engine.prepare_claims(uuid[], timestamptz) is
  'Decides at once for each due action log whether it starts, is skipped, fails or waits, and fills its template''s holes.';

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
  return workflow_engine.prepare_claims(decide_claims.log_ids, decide_claims.at_time);
exception
  when data_exception or program_limit_exceeded then
    foreach v_log in array decide_claims.log_ids loop
      begin
        v_candidates := v_candidates || workflow_engine.prepare_claims(array[v_log], decide_claims.at_time);
      exception
        when data_exception or program_limit_exceeded then
          v_candidates := v_candidates
            || row(v_log, 'fail', 'Its data cannot be evaluated: ' || sqlerrm, null)::workflow_engine.candidate;
      end;
    end loop;
    return v_candidates;
end;
$$;

comment on function workflow_engine.decide_claims(uuid[], timestamptz) is
  'Decides for each due action log what becomes of it; what cannot be evaluated fails alone.';
