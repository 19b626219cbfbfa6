begin;
select plan(2);

select test.create_workflow('w');
select test.start_run() from generate_series(1, 2);
create temporary table done (step serial, operation text, answer jsonb, statuses text[]) on commit drop;

create function pg_temp.operate(operation text)
returns void
language sql
as $$
  insert into done (operation, answer) select operate.operation, public.workflow_bulk(operate.operation, '{"workflow": "w"}', false);
  update done set statuses = (select array_agg(r.status order by r.id) from public.workflow_run r) where done.statuses is null;
$$;

select pg_temp.operate(o) from unnest(array['pause', 'resume', 'stop', 'retry']) o;
select test.travel('1 second');
select test.work_off();
select pg_temp.operate('replay');

select results_eq(
  $$select operation, answer -> 'affected', statuses from done order by step$$,
  $$values
    ('pause', jsonb '2', array['paused', 'paused']),
    ('resume', '2', array['running', 'running']),
    ('stop', '2', array['stopped', 'stopped']),
    ('retry', '2', array['running', 'running']),
    ('replay', '2', array['completed', 'completed', 'running', 'running'])$$,
  'one operation after another'
);
select is((select count(*) from public.workflow_run where replay_of is not null), 2::bigint, 'a replay is a new run');

select * from finish();
rollback;
