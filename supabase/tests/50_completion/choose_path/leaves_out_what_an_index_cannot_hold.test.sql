begin;
select plan(4);

create temporary table long on commit drop as
select string_agg(md5(i::text), '') as name from generate_series(1, 200) i;
create temporary table given on commit drop as
select test.start_wait(jsonb_build_object('kind', 'event', 'event', 'order.paid', 'match', jsonb_build_object(name, 1))) as run
from long;

select is(workflow_engine.choose_path(null, 'order.paid', jsonb_build_object(name, 1)), null, 'a name that is too long') from long;
select is(workflow_engine.choose_path(null, 'order.paid', jsonb_build_object(name, 1, 'z', 1)), array['z'], 'but not the others') from long;
select is((test.log_of(run, 'ask')).status, 'waiting', 'an action waits all the same') from given;
select public.workflow_emit('order.paid', jsonb_build_object(name, 1)) from long;
select test.work_off();
select is(test.run_status(run), 'completed', 'and gets its event') from given;

select * from finish();
rollback;
