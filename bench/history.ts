import type { Database } from "../local/postgres/database.ts";

/**
 * Fills the engine's tables as years of use would: finished events, runs and logs, a tenth as many
 * logs planned for next year, and as many that wait for an event, with as many events that nobody
 * waits for, approvals and fan-outs. As the superuser, without the triggers that
 * would check each row, and without statistics: those come when somebody gathers them.
 */
export async function growHistory(admin: Database, rows: number): Promise<void> {
  await admin`set session_replication_role = replica`;
  const [definition] = await admin`
    select workflow_id, version, workflow_action_id from workflow_engine.action_version limit 1`;
  const { workflow_id, version, workflow_action_id } = { ...definition };
  await admin`
    insert into public.workflow_event
      (id, name, source, related_table, related_table_pkey, payload, occurred_at, expanded_at)
    select ('01900000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'history.made', 'table',
      'public.history', i::text, jsonb_build_object('type', 'INSERT', 'record', jsonb_build_object(
        'id', i, 'email', 'user' || i || '@example.com'
      )), clock_timestamp() - interval '1 day', clock_timestamp() - interval '1 day'
    from generate_series(1, ${rows}::integer) i`;
  await admin`
    insert into public.workflow_run (id, workflow_id, workflow_version, event_id, status,
      related_table, related_table_pkey, starts_at, completed_at)
    select ('01900000-0000-7000-8001-' || lpad(to_hex(i), 12, '0'))::uuid, ${workflow_id}, ${version},
      ('01900000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'completed',
      'public.history', i::text, clock_timestamp() - interval '1 day',
      clock_timestamp() - interval '1 day'
    from generate_series(1, ${rows}::integer) i`;
  await admin`
    insert into public.workflow_action_logs (id, run_id, workflow_id, workflow_version,
      workflow_action_id, status, attempt, priority, execute_at, started_at, completed_at, output)
    select ('01900000-0000-7000-8002-' || lpad(to_hex(i), 12, '0'))::uuid,
      ('01900000-0000-7000-8001-' || lpad(to_hex(i), 12, '0'))::uuid,
      ${workflow_id}, ${version}, ${workflow_action_id}, 'completed', 1, 5,
      clock_timestamp() - interval '1 day', clock_timestamp() - interval '1 day',
      clock_timestamp() - interval '1 day', '{"done": true}'
    from generate_series(1, ${rows}::integer) i`;
  await admin`
    insert into public.workflow_action_logs (run_id, workflow_id, workflow_version,
      workflow_action_id, item_index, priority, execute_at)
    select ('01900000-0000-7000-8001-' || lpad(to_hex(i), 12, '0'))::uuid,
      ${workflow_id}, ${version}, ${workflow_action_id}, 0, 5, clock_timestamp() + interval '1 year'
    from generate_series(1, ${rows}::integer / 10) i`;
  await growWaits(admin, { workflow_id, version, workflow_action_id }, rows / 10);
  await growQuestions(admin, rows / 10);
  await admin`reset session_replication_role`;
}

/** Approvals of finished runs, and, a tenth as many, of the waiting logs until next year. */
async function growQuestions(admin: Database, rows: number): Promise<void> {
  await admin`
    insert into public.workflow_approval (run_id, action_log_id, attempt, message, status, expires_at,
      decided_at, decided_by)
    select l.run_id, l.id, 1, 'Go on?', 'approved', l.completed_at, l.completed_at, 'somebody'
    from public.workflow_action_logs l
    where l.status = 'completed' order by l.id limit ${rows}::integer`;
  await admin`
    insert into public.workflow_approval (run_id, action_log_id, attempt, message, expires_at)
    select l.run_id, l.id, 1, 'Go on?', l.execute_at
    from public.workflow_action_logs l
    where l.status = 'waiting' order by l.id limit ${rows}::integer / 10`;
}

/** Logs that wait until next year, each for an event of its own, and events that fit none of them. */
async function growWaits(
  admin: Database,
  action: { workflow_id?: string; version?: number; workflow_action_id?: string },
  rows: number,
): Promise<void> {
  const { workflow_id = "", version = 0, workflow_action_id = "" } = action;
  await admin`
    insert into public.workflow_action_logs (id, run_id, workflow_id, workflow_version,
      workflow_action_id, item_index, status, waits_for, attempt, priority, execute_at, started_at)
    select ('01900000-0000-7000-8003-' || lpad(to_hex(i), 12, '0'))::uuid,
      ('01900000-0000-7000-8001-' || lpad(to_hex(i), 12, '0'))::uuid,
      ${workflow_id}, ${version}, ${workflow_action_id}, 1, 'waiting', 'event', 1, 5,
      clock_timestamp() + interval '1 year', clock_timestamp()
    from generate_series(1, ${rows}::integer) i`;
  await admin`
    insert into workflow_engine.event_wait
      (action_log_id, attempt, run_id, name, match, match_key, since, until, is_new)
    select l.id, 1, l.run_id, 'bench.answered', m.match,
      workflow_engine.match_key(workflow_engine.event_scope(null, 'bench.answered'), '{id}', m.match -> 'id'), clock_timestamp(), l.execute_at, false
    from public.workflow_action_logs l
    cross join lateral (select jsonb_build_object('id', l.id) as match) m
    where l.status = 'waiting'`;
  await admin`
    insert into workflow_engine.awaited_event (event_id, name, payload, occurred_at, is_new)
    select e.id, 'bench.answered', e.payload, e.occurred_at, false
    from public.workflow_event e where e.name = 'history.made' order by e.id limit ${rows}::integer`;
  await admin`
    insert into workflow_engine.fan_out (run_id, workflow_action_id, total, next_item, unfinished, tolerated)
    select ('01900000-0000-7000-8001-' || lpad(to_hex(i), 12, '0'))::uuid, ${workflow_action_id},
      10, 10, 0, 0
    from generate_series(1, ${rows}::integer) i`;
}

/** Definitions of other events, saved as an editor saves them. */
export async function growDefinitions(db: Database, count: number): Promise<void> {
  await db`
    with definition as (
      insert into public.workflow (name, trigger)
      select 'definition ' || i, 'other.event.' || i from generate_series(1, ${count}::integer) i
      returning id
    )
    insert into public.workflow_action (workflow_id, name, action_type, payload)
    select id, 'action', 'log', '{"message": "{{ $.record.id }}"}' from definition`;
}
