-- A row that nothing can write keeps neither the others of its step nor the other steps from being repaired.
begin;
select plan(3);

select test.create_workflow('w', '{1,1,1,1}');
create temporary table given on commit drop as select test.start_run() as run;
select test.claim();
update public.workflow_action_logs l set meta = '{"refused": true}'
from given where l.id in ((test.log_of(run, 'a')).id, (test.log_of(run, 'c')).id);
update public.workflow_action_logs l set status = 'failed'
from given where l.id in ((test.log_of(run, 'c')).id, (test.log_of(run, 'd')).id);
select test.expire_leases();

create function test.refuse() returns trigger language plpgsql as $$ begin raise 'No'; end $$;
create trigger refuse before update on public.workflow_action_logs
  for each row when (old.meta ? 'refused') execute function test.refuse();
create or replace function workflow_engine.attach_partitions() returns void language plpgsql as $$ begin raise 'No'; end $$;

select lives_ok('select public.workflow_action_log_cron()', 'the tick comes to its end');
select is(
  test.statuses(run),
  '{"a": "processing", "b": "not_started", "c": "failed", "d": "not_started"}',
  'having repaired whatever can be'
)
from given;
select isnt((select ran_at from workflow_engine.tick_state), null, 'and says so');

select * from finish();
rollback;
