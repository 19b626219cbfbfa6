-- The doctor rings each time: here each answer is given to the last ring.
begin;
select plan(9);

create function pg_temp.finding(status_code integer, error_msg text default null)
returns text
language plpgsql
as $$
begin
  insert into net._http_response (id, status_code, error_msg)
  select r.last_value, finding.status_code, finding.error_msg from workflow_engine.last_ring_request r;
  return (select d.finding from public.workflow_doctor() d where d.subject = 'wake-up');
end;
$$;

select test.configure();

select matches((select finding from public.workflow_doctor() where subject = 'wake-up'), '^The function was never rung', 'nobody rang');
select is((select count(*) from net.http_request_queue), 1::bigint, 'but asking has rung');
select matches((select finding from public.workflow_doctor() where subject = 'wake-up'), '^The function was rung just now', 'it has not answered yet');

select matches(pg_temp.finding(401), '^The function refused the wake-up: its WORKFLOW_SECRET is not the one in Vault', 'a wrong secret');
select matches(pg_temp.finding(404), '^There is no function at the URL in Vault', 'no function');
select matches(pg_temp.finding(500), '^The wake-up failed: HTTP 500\.', 'a function that fails');
select matches(pg_temp.finding(null, 'Couldn''t connect'), '^The wake-up failed: Couldn''t connect\.', 'nobody at the door');
select is(pg_temp.finding(202), 'ok', '202 is well');

select setval('workflow_engine.last_ring_at', floor(extract(epoch from clock_timestamp() - interval '11 s') * 1000)::bigint);
select matches((select finding from public.workflow_doctor() where subject = 'wake-up'), '^Nobody answered the wake-up of ', 'no answer for eleven seconds');

select * from finish();
rollback;
