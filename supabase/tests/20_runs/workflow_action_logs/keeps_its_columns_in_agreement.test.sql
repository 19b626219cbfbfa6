-- What a status means for the other columns, in constraints, so that no code can break it.
begin;
select plan(7);

select test.create_workflow('w');
select test.start_run();

create function pg_temp.refuses(assignment text, constraint_name text)
returns text
language sql
as $$
  select throws_ok(
    'update public.workflow_action_logs set ' || assignment,
    '23514',
    format('new row for relation "workflow_action_logs" violates check constraint "%s"', constraint_name),
    assignment
  );
$$;

select pg_temp.refuses('lease_expires_at = now()', 'lease_is_held_while_processing');
select pg_temp.refuses('completed_at = now()', 'finished_is_dated');
select pg_temp.refuses('status = ''skipped''', 'finished_is_dated');
select pg_temp.refuses('status = ''processing'', lease_expires_at = now()', 'executed_before_finished');
select pg_temp.refuses('final = true', 'only_a_failure_is_final');
select pg_temp.refuses('output = ''1''', 'only_an_execution_has_output');
select pg_temp.refuses(
  'status = ''skipped'', started_at = now(), completed_at = now() - interval ''1 s''', 'finished_after_started'
);

select * from finish();
rollback;
