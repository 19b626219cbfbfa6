begin;
select plan(2);

update workflow_engine.settings set output_bytes = 100;
create temporary table given on commit drop as select test.start_wait('{"kind": "callback"}') as run;

select is(
  public.workflow_answer(
    (test.log_of(run, 'ask')).id, 1,
    jsonb_build_object('status', 'completed', 'output', (select jsonb_agg(n) from generate_series(1, 100) n))
  ),
  '{"status": "failed"}',
  'and says so'
)
from given;
select is((test.log_of(run, 'ask')).error, 'The output has more than 100 bytes', 'and why') from given;

select * from finish();
rollback;
