begin;
select plan(7);

select test.create_workflow('w');

create function pg_temp.refuses(assignment text, constraint_name text)
returns text
language sql
as $$
  select throws_ok(
    'update public.workflow_action set ' || assignment,
    '23514',
    format('new row for relation "workflow_action" violates check constraint "%s"', constraint_name),
    constraint_name
  );
$$;

select pg_temp.refuses('payload = ''[]''', 'payload_is_an_object');
select pg_temp.refuses('delay = ''-1 s''', 'delay_is_between_0_and_10_years');
select pg_temp.refuses('timeout_seconds = 0', 'timeout_is_between_1_second_and_1_day');
select pg_temp.refuses('max_retries = 101', 'max_retries_is_between_0_and_100');
select pg_temp.refuses('backoff_factor = 0.5', 'backoff_factor_is_between_1_and_10');
select pg_temp.refuses('priority = 10', 'workflow_action_priority_is_a_digit');
select pg_temp.refuses('action_type = ''two words''', 'action_type_is_a_word');

select * from finish();
rollback;
