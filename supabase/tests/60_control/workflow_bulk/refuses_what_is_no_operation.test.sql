begin;
select plan(5);

select is(
  test.error_of(format('select public.workflow_bulk(%s)', a.arguments)) ->> 'details', 'bulk.operation_invalid', a.arguments
)
from unnest(array[
  '''delete'', ''{"workflow": "w"}''', 'null, ''{"workflow": "w"}''', '''retry'', ''{"workflow": "w"}'', per_minute => 0',
  '''retry'', ''{"workflow": "w"}'', per_minute => null'
]) a (arguments);
select is(
  test.error_of($$select public.workflow_bulk('delete', '{"workflow": "w"}')$$) ->> 'message', 'Cannot do "delete" to 600 runs a minute', 'and says what'
);

select * from finish();
rollback;
