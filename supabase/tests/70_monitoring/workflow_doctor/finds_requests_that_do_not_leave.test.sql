begin;
select plan(2);

create function pg_temp.finding()
returns text
language sql
as $$ select d.finding from public.workflow_doctor() d where d.subject = 'pg_net' $$;

select test.configure();
select workflow_engine.ring();
select setval('workflow_engine.last_ring_at', floor(extract(epoch from clock_timestamp() - interval '11 s') * 1000)::bigint);

select matches(pg_temp.finding(), '^pg_net has not sent the wake-up of .*net\.worker_restart', 'what was rung eleven seconds ago is still queued');

delete from net.http_request_queue;

select is(pg_temp.finding(), 'ok', 'what has left is well');

select * from finish();
rollback;
