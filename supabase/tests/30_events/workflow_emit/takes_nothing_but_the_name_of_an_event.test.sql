begin;
select plan(5);

select is(
  test.error_of(format('select public.workflow_emit(%s)', n.name)) ->> 'details', 'event.invalid', n.name || ' is refused'
)
from unnest(array['null', '''''', ''' order.paid''', 'repeat(''x'', 256)']) n (name);
select lives_ok('select public.workflow_emit(repeat(''x'', 255))', '255 characters are not too many');

select * from finish();
rollback;
