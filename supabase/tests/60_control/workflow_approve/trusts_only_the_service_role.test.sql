-- Whatever role the token of a signed-in user names: a project may have its own.
begin;
select plan(5);

select test.start_wait('{"kind": "approval", "message": "Well?", "role": "boss", "tokens": []}', organization_id => 'a');
create temporary table asked on commit drop as select id, run_id from public.workflow_approval;
grant select on asked to authenticated;
select test.act_as('authenticated');

select set_config('request.jwt.claims', '{"role": "manager", "organization_id": "b", "user_role": "boss"}', true);
select is(test.error_of(format('select public.workflow_approve(%L)', id)) ->> 'code', 'PT404', 'a stranger sees no approval') from asked;
select is(test.error_of(format('select public.workflow_timeline(%L)', run_id)) ->> 'code', 'PT404', 'and no timeline') from asked;
select set_config('request.jwt.claims', '', true);
select is(test.error_of(format('select public.workflow_timeline(%L)', run_id)) ->> 'code', 'PT404', 'nor does who has no token') from asked;
select set_config('request.jwt.claims', '{"role": "service_role", "organization_id": "a", "user_role": "clerk"}', true);
select is(test.error_of(format('select public.workflow_approve(%L)', id)) ->> 'code', 'PT403', 'a claim makes nobody the service role') from asked;
select set_config('request.jwt.claims', '{"role": "manager", "organization_id": "a", "user_role": "boss", "email": "ada@example.com"}', true);
select is(public.workflow_approve(id, actor => 'somebody else') ->> 'decided_by', 'ada@example.com', 'and a member decides in the own name') from asked;

select * from finish();
rollback;
