begin;
select plan(6);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "go"}') as run;

select is(
  test.error_of(format('select public.workflow_signal(%L, %s)', run, a.arguments)) ->> 'details', 'event.invalid', a.arguments
)
from given, unnest(array['null', '''''', ''' go''', 'e''go\nnow''', '''go'', ''[1]''', '''go'', null']) a (arguments);

select * from finish();
rollback;
