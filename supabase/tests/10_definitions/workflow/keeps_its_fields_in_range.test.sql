begin;
select plan(12);

create function pg_temp.refuses(columns text, cells text, constraint_name text)
returns text
language sql
as $$
  select throws_ok(
    format('insert into public.workflow (name, trigger, %s) values (''w'', ''x'', %s)', columns, cells),
    '23514',
    format('new row for relation "workflow" violates check constraint "%s"', constraint_name),
    constraint_name
  );
$$;

select pg_temp.refuses('phase', '''soon''', 'phase_is_known');
select pg_temp.refuses('phase', '''before''', 'before_needs_a_time_to_come_before');
select pg_temp.refuses('"interval"', '-1', 'interval_is_not_negative');
select pg_temp.refuses('priority', '10', 'workflow_priority_is_a_digit');
select pg_temp.refuses('if_past', '''run_if_within''', 'run_if_within_names_its_minutes');

select throws_ok(
  format('insert into public.workflow (name, trigger) values (%L, %L)', 'w', t.trigger),
  '23514',
  'new row for relation "workflow" violates check constraint "workflow_trigger_is_an_event_name"',
  format('%L is no event name', t.trigger)
)
from unnest(array['', ' order.paid', 'order.paid ', e'order\npaid', repeat('x', 256)]) t (trigger);

select lives_ok(
  format('insert into public.workflow (name, trigger) values (%L, %L)', t.trigger, t.trigger),
  format('%L is one', t.trigger)
)
from unnest(array['x', 'public.Order Items.insert']) t (trigger);

select * from finish();
rollback;
