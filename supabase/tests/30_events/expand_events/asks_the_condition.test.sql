-- True starts a run; false, unknown and a missing key do not.
begin;
select plan(5);

select test.create_workflow('w', condition => '$.event.n > 3');

create function pg_temp.runs_of(payload jsonb)
returns integer
language sql
as $$
  select jsonb_array_length(public.workflow_emit('test.happened', payload) -> 'runs');
$$;

select is(pg_temp.runs_of('{"n": 4}'), 1, 'true starts a run');
select is(pg_temp.runs_of('{"n": 3}'), 0, 'false does not');
select is(pg_temp.runs_of('{"n": "many"}'), 0, 'what cannot be compared does not');
select is(pg_temp.runs_of('{"n": null}'), 0, 'null does not');
select is(pg_temp.runs_of('{}'), 0, 'nor does nothing');

select * from finish();
rollback;
