-- Its data have grown too large for what the template asks.
begin;
select plan(5);

select test.deploy('[{"name": "ask", "action_type": "approval",
  "payload": {"message": "Well?", "details": {"all": "{{ $.event.a[*].b[*] }}"}, "expires_in": "5 days", "remind_after": "1 day"}}]');
create temporary table given on commit drop as select test.start_run('{"a": [{"b": [1]}]}') as run;
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "approval", "message": "Well?", "expires_in": "5 days", "remind_after": "1 day", "tokens": []}}}');
update workflow_engine.settings set costly_expression_bytes = 1;
select test.travel('25 hours');

select is(test.claim() -> 'claims', '[]', 'no mail can be written');
select is((test.log_of(run, 'ask')).status, 'waiting', 'which is no failure of the question') from given;
select alike((test.log_of(run, 'ask')).error, '%too large%', 'and says why') from given;
update workflow_engine.settings set costly_expression_bytes = default;
select test.travel('25 hours');
select is(test.claim() #> '{claims,0,meta}', '{"reminder": 2}', 'the next one is tried');
select is((select status from public.workflow_approval), 'pending', 'all the while it can be answered');

select * from finish();
rollback;
