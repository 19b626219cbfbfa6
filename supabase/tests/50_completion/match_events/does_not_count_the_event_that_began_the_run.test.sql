begin;
select plan(2);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "test.happened", "look_back": "1 hour"}', '{"n": 1}') as run;

select is((test.log_of(run, 'ask')).status, 'waiting', 'a run does not answer itself') from given;
select public.workflow_emit('test.happened', '{"n": 2}');
select test.work_off('{"ask": {"status": "waiting", "wait": {"kind": "event", "event": "test.happened"}}}');
select is((test.log_of(run, 'ask')).output #> '{event,payload}', '{"n": 2}', 'the next one of that name does') from given;

select * from finish();
rollback;
