begin;
select plan(1);

select test.create_workflow('w', array_fill(1, array[6]));
create temporary table given on commit drop as select test.start_run() as run;
select test.report(c, '{"status": "waiting"}') from jsonb_array_elements(test.claim() -> 'claims') c;
create temporary table answered on commit drop as
select o.name, o.result -> 'output' as output, public.workflow_answer((test.log_of(run, o.name)).id, 1, o.result)
from given, (values
  ('a', jsonb '{"status": "completed", "output": 0}'),
  ('b', '{"status": "completed", "output": false}'),
  ('c', '{"status": "completed", "output": null}'),
  ('d', '{"status": "completed", "output": ""}'),
  ('e', '{"status": "completed", "output": {"a": null}}'),
  ('f', '{"status": "completed"}')
) o (name, result);

select results_eq(
  'select l.name, (l.log).output from given, test.logs(run) l order by l.name',
  'select name, output from answered order by name',
  'also null, and none'
);

select * from finish();
rollback;
