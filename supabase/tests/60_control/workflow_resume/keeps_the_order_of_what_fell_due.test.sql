begin;
select plan(2);

create temporary table given on commit drop as
select test.deploy('[
  {"name": "third", "action_type": "log", "delay": "30 minutes"},
  {"name": "first", "action_type": "log", "delay": "10 minutes"},
  {"name": "second", "action_type": "log", "delay": "20 minutes"}
]') as workflow;
create temporary table started on commit drop as select test.start_run() as run;

create function pg_temp.claim_one_by_one()
returns text[]
language sql
as $$
  select array_agg((c.answer -> 'actions' -> (c.answer #>> '{claims,0,action}') ->> 'name') order by c.number)
  from (select n.number, test.claim(1) as answer from generate_series(1, 3) n (number)) c;
$$;

select public.workflow_pause(run) from started;
select test.travel('1 hour');
select test.claim();
select public.workflow_resume(run) from started;
select is(pg_temp.claim_one_by_one(), array['first', 'second', 'third'], 'of a run');

select test.start_run();
select public.workflow_pause(workflow_id => workflow) from given;
select test.travel('1 hour');
select test.claim();
select public.workflow_resume(workflow_id => workflow) from given;
select is(pg_temp.claim_one_by_one(), array['first', 'second', 'third'], 'of a workflow');

select * from finish();
rollback;
