-- Whatever zone they are written in.
begin;
select plan(2);

select test.create_workflow('w', condition => '$.event.at.datetime() < $.now.datetime()');

select is(
  jsonb_array_length(public.workflow_emit('test.happened', jsonb_build_object(
    'at', to_char((clock_timestamp() - interval '1 hour') at time zone 'Asia/Tokyo', 'YYYY-MM-DD"T"HH24:MI:SS"+09:00"')
  )) -> 'runs'),
  1,
  'an hour ago in Tokyo is past, although its text is greater'
);

select is(
  jsonb_array_length(public.workflow_emit('test.happened', jsonb_build_object(
    'at', to_char((clock_timestamp() + interval '1 hour') at time zone 'America/Lima', 'YYYY-MM-DD"T"HH24:MI:SS"-05:00"')
  )) -> 'runs'),
  0,
  'in an hour in Lima is not past, although its text is smaller'
);

select * from finish();
rollback;
