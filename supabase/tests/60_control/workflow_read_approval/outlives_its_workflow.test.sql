begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait(jsonb_build_object('kind', 'approval', 'message', 'Well?', 'tokens', jsonb_build_array(
  jsonb_build_object('recipient', 'ada@example.com', 'hash', encode(sha256('for ada'), 'hex'))
))) as run;
select public.workflow_decide('for ada', 'approved');
select test.work_off();
delete from public.workflow;

select is(public.workflow_read_approval('for ada') ->> 'decided_by', 'ada@example.com', 'the link says who decided');
select is(public.workflow_read_approval('for ada') ->> 'workflow', 'a workflow that was deleted', 'and that there is none any more');

select * from finish();
rollback;
