begin;
select plan(4);

create function pg_temp.finding()
returns text
language sql
as $$ select d.finding from public.workflow_doctor() d where d.subject = 'tick' $$;

update workflow_engine.tick_state set ran_at = null;
select matches(pg_temp.finding(), '^The tick has not run yet', 'one that never ran');

update workflow_engine.tick_state set ran_at = clock_timestamp() - interval '3 minutes';
select matches(pg_temp.finding(), '^The tick last ran at .*pg_cron does not run', 'one that ran too long ago');

select public.workflow_action_log_cron();
select is(pg_temp.finding(), 'ok', 'one that ran just now is well');

select cron.unschedule('workflow-tick');
select matches(pg_temp.finding(), '^pg_cron has no job "workflow-tick"', 'one that nobody scheduled');

select * from finish();
rollback;
