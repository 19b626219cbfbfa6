-- The rules of a choice's payload, {"choices": [{"if", "then": name or [names]}], "else": name or [names]},
-- in order: the else is the rule without a condition, and the last. `place` is where its targets stand.
create or replace function workflow_engine.read_rules(payload jsonb)
returns table (number bigint, condition text, targets text[], place text)
language sql
immutable
set search_path = ''
as $$
  select r.number, r.rule ->> 'if', array(
    select jsonb_array_elements_text(case jsonb_typeof(r.rule -> 'then') when 'array' then r.rule -> 'then' else jsonb_build_array(r.rule -> 'then') end)
  ), r.place
  from (
    select c.number, c.rule, format('choices/%s/then', c.number - 1) as place
    from jsonb_array_elements(
      case jsonb_typeof(read_rules.payload -> 'choices') when 'array' then read_rules.payload -> 'choices' else '[]' end
    ) with ordinality c (rule, number)
    union all
    select 9223372036854775807, jsonb_build_object('then', read_rules.payload -> 'else'), 'else'
    where read_rules.payload ? 'else'
  ) r
  order by r.number;
$$;

comment on function workflow_engine.read_rules(jsonb) is
  'The rules of a choice in order, the else (without a condition) last.';

-- The actions of a workflow as one value, as the functions of its graph take them: a document that has not
-- been saved has a graph, too.
create or replace function workflow_engine.read_actions(workflow_id uuid)
returns public.workflow_action[]
language sql
stable
set search_path = ''
as $$
  select array(select a from public.workflow_action a where a.workflow_id = read_actions.workflow_id);
$$;

comment on function workflow_engine.read_actions(uuid) is
  'The actions of a workflow as one value.';

-- What each action follows, by name: what it says itself, else the next lower order, and in any case the
-- choice that names it. Compensations stand outside of the graph.
create or replace function workflow_engine.read_edges(actions public.workflow_action[])
returns table (name text, depends_on text)
language sql
stable
set search_path = ''
as $$
  with compensation as materialized (
    select c.compensate_with as name from unnest(read_edges.actions) c where c.compensate_with is not null
  ),
  action as materialized (
    select a.name, a.depends_on, a."order", a.name in (select c.name from compensation c) as is_compensation
    from unnest(read_edges.actions) a
  ),
  level as materialized (
    select o."order", lag(o."order") over (order by o."order") as previous
    from (select distinct a."order" from action a where not a.is_compensation) o
  )
  select a.name, d.name
  from action a
  cross join lateral unnest(a.depends_on) d (name)
  union
  select a.name, b.name
  from action a
  join level l on l."order" = a."order"
  join action b on b."order" = l.previous and not b.is_compensation
  where a.depends_on is null and not a.is_compensation
  union
  select t.name, c.name
  from unnest(read_edges.actions) c
  cross join lateral workflow_engine.read_rules(c.payload) r
  cross join lateral unnest(r.targets) t (name)
  where c.action_type = 'choice';
$$;

comment on function workflow_engine.read_edges(public.workflow_action[]) is
  'The edges of a graph by name: each action and one that it follows.';

-- The ways round in a graph, as a -> b -> a: as many as it takes to break them all, but no more than twenty.
-- Edges to what follows nothing are taken away until none is left or each leads on: then any way along them
-- comes back to itself. That takes the square of the edges at worst; to look along every way would take
-- their exponential. The last edge of a way that was found is taken away, too, and so on.
create or replace function workflow_engine.find_cycles(actions public.workflow_action[])
returns setof text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_names text[];
  v_followed text[];
  v_count integer;
  v_path text[];
  v_next text;
begin
  select array_agg(e.name order by e.name, e.depends_on), array_agg(e.depends_on order by e.name, e.depends_on)
  into v_names, v_followed
  from workflow_engine.read_edges(find_cycles.actions) e;
  for v_found in 1..20 loop
    loop
      v_count := cardinality(v_names);
      select array_agg(e.name order by e.number), array_agg(e.depends_on order by e.number)
      into v_names, v_followed
      from unnest(v_names, v_followed) with ordinality e (name, depends_on, number)
      where e.depends_on in (select unnest(v_names));
      if v_names is null then
        return;
      end if;
      exit when cardinality(v_names) = v_count;
    end loop;
    v_path := '{}';
    v_next := v_names[1];
    while v_next <> all (v_path) loop
      v_path := v_path || v_next;
      v_next := v_followed[array_position(v_names, v_next)];
    end loop;
    return next array_to_string(v_path[array_position(v_path, v_next):] || v_next, ' -> ');
    select array_agg(e.name order by e.number), array_agg(e.depends_on order by e.number)
    into v_names, v_followed
    from unnest(v_names, v_followed) with ordinality e (name, depends_on, number)
    where (e.name, e.depends_on) <> (v_path[cardinality(v_path)], v_next);
  end loop;
end;
$$;

comment on function workflow_engine.find_cycles(public.workflow_action[]) is
  'The cycles of a graph, each as a sentence of names.';

-- The names of other actions that stand in an action, with their place in it.
create or replace function workflow_engine.read_references(actions public.workflow_action[])
returns table (action text, field text, target text)
language sql
stable
set search_path = ''
as $$
  select a.name, 'depends_on', d.name
  from unnest(read_references.actions) a
  cross join lateral unnest(a.depends_on) d (name)
  union all
  select a.name, 'compensate_with', a.compensate_with
  from unnest(read_references.actions) a
  where a.compensate_with is not null
  union all
  select a.name, 'payload/' || r.place, t.name
  from unnest(read_references.actions) a
  cross join lateral workflow_engine.read_rules(a.payload) r
  cross join lateral unnest(r.targets) t (name)
  where a.action_type = 'choice';
$$;

comment on function workflow_engine.read_references(public.workflow_action[]) is
  'The names of other actions that stand in an action, with their place in it.';

-- What is wrong with how actions undo each other. A compensation stands outside of the graph: it follows
-- nothing, nothing undoes it, and it undoes one action, so that it can be told which of them it has undone.
create or replace function workflow_engine.find_compensation_faults(actions public.workflow_action[])
returns table (action text, field text, fault text)
language sql
stable
set search_path = ''
as $$
  with compensation as (
    select c.*
    from unnest(find_compensation_faults.actions) c
    where exists (select from unnest(find_compensation_faults.actions) a where a.compensate_with = c.name)
  )
  select c.name, 'compensate_with', 'it undoes another action, so nothing can undo it'
  from compensation c
  where c.compensate_with is not null
  union all
  select c.name, 'depends_on', 'it undoes another action, so it follows nothing'
  from compensation c
  where c.depends_on <> '{}'
  union all
  select c.name, 'action_type', 'it undoes another action, so no branch follows its choice'
  from compensation c
  where c.action_type = 'choice'
  union all
  select a.name, 'compensate_with', format('"%s" undoes "%s"; each action needs a compensation of its own', a.compensate_with, a.first)
  from (
    select a.name, a.compensate_with, first_value(a.name) over (partition by a.compensate_with order by a."order", a.name) as first
    from unnest(find_compensation_faults.actions) a
    where a.compensate_with is not null
  ) a
  where a.name <> a.first;
$$;

comment on function workflow_engine.find_compensation_faults(public.workflow_action[]) is
  'What is wrong with how actions undo each other.';

-- What is wrong with a graph: the action, the place in it, and a sentence a row. Without an action, the
-- fault is the graph's.
create or replace function workflow_engine.find_graph_faults(actions public.workflow_action[])
returns table (action text, field text, fault text)
language sql
stable
set search_path = ''
as $$
  with action as (
    select * from unnest(find_graph_faults.actions)
  ),
  edge as materialized (
    select * from workflow_engine.read_edges(find_graph_faults.actions)
  ),
  reference as materialized (
    select * from workflow_engine.read_references(find_graph_faults.actions)
  )
  select r.action, r.field, format('it names "%s", which this workflow does not have', coalesce(r.target, 'null'))
  from reference r
  where not exists (select from action a where a.name = r.target)
  union all
  select r.action, r.field, format('it follows "%s", which only undoes another action', r.target)
  from reference r
  where r.field <> 'compensate_with' and exists (select from action c where c.compensate_with = r.target)
  union all
  select a.name, 'join_count', format('it waits for %s of the actions it follows, but follows %s', a.join_count, e.count)
  from action a
  cross join lateral (select count(*) from edge e where e.name = a.name) e
  where a.join_count > e.count
  union all
  select a.name, 'payload', 'a choice needs {"choices": [{"if", "then"}], "else"}'
  from action a
  cross join lateral (
    select count(r.condition) as conditions, count(*) - (a.payload ? 'else')::integer as rules
    from workflow_engine.read_rules(a.payload) r
  ) c
  where a.action_type = 'choice' and (c.rules = 0 or c.conditions < c.rules)
  union all
  select a.name, 'for_each', 'a choice is made once, not for each item'
  from action a
  where a.action_type = 'choice' and a.for_each is not null
  union all
  select a.name, 'run_if', 'it runs when what it follows fails, but follows nothing, so it is never reached'
  from action a
  where a.run_if = 'failure'
    and not exists (select from action c where c.compensate_with = a.name)
    and not exists (select from edge e where e.name = a.name)
  union all
  select * from workflow_engine.find_compensation_faults(find_graph_faults.actions)
  union all
  select null, 'actions', 'the actions wait for each other and are never reached: ' || c.path
  from workflow_engine.find_cycles(find_graph_faults.actions) c (path);
$$;

comment on function workflow_engine.find_graph_faults(public.workflow_action[]) is
  'What is wrong with a graph: unknown names, cycles, what can never be met or reached.';

-- Refuses a graph that could not run, naming the first fault.
create or replace function workflow_engine.check_graph(workflow_id uuid)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_fault record;
begin
  select f.*, w.name as workflow
  into v_fault
  from public.workflow w
  cross join lateral workflow_engine.find_graph_faults(workflow_engine.read_actions(w.id)) f
  where w.id = check_graph.workflow_id
  limit 1;
  if found then
    perform workflow_engine.raise_error(
      'PT422', 'definition.graph_invalid',
      format('Cannot save %sworkflow "%s" at /%s: %s', 'action "' || v_fault.action || '" of ', v_fault.workflow, v_fault.field, v_fault.fault),
      'Insert actions that name each other in one statement, or save the whole definition with workflow_deploy.'
    );
  end if;
end;
$$;

comment on function workflow_engine.check_graph(uuid) is
  'Raises PT422 for a graph that could not run.';

-- The graph of a workflow by id, as a version keeps it.
create or replace function workflow_engine.resolve_graph(workflow_id uuid)
returns table (workflow_action_id uuid, depends_on uuid[], is_compensation boolean, compensate_with uuid, choices jsonb)
language sql
stable
set search_path = ''
as $$
  with action as (
    select a.* from public.workflow_action a where a.workflow_id = resolve_graph.workflow_id
  ),
  edge as materialized (
    select e.name, b.id from workflow_engine.read_edges(workflow_engine.read_actions(resolve_graph.workflow_id)) e join action b on b.name = e.depends_on
  )
  select
    a.id,
    array(select e.id from edge e where e.name = a.name order by e.id),
    exists (select from action c where c.compensate_with = a.name),
    (select c.id from action c where c.name = a.compensate_with),
    case when a.action_type = 'choice' then (
      select jsonb_agg(
        jsonb_build_object('condition', r.condition, 'targets', (
          select jsonb_agg(b.id) from action b where b.name = any (r.targets)
        ), 'names', r.targets)
        order by r.number
      )
      from workflow_engine.read_rules(a.payload) r
    ) end
  from action a;
$$;

comment on function workflow_engine.resolve_graph(uuid) is
  'The graph of a workflow by id: what each action follows, undoes and chooses.';
