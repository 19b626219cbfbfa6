-- The same idempotency key is the same event; the runs that exist come back.
begin;
select plan(5);

select test.create_workflow('w');
create temporary table given on commit drop as
select public.workflow_emit('test.happened', '{"n": 1}', 'key-1') as first;

select is(
  public.workflow_emit('test.happened', '{"n": 2}', 'key-1'),
  (select first from given),
  'the second call gets the answer of the first'
);

select is((select count(*) from public.workflow_run), 1::bigint, 'and starts nothing');

select isnt(
  public.workflow_emit('test.happened', '{}', 'key-2') ->> 'event_id',
  (select first ->> 'event_id' from given),
  'another key is another event'
);

select isnt(
  public.workflow_emit('test.happened', '{}', 'key-1', organization_id => 'a') ->> 'event_id',
  (select first ->> 'event_id' from given),
  'and so is another organization''s'
);

select public.workflow_emit('test.happened') from generate_series(1, 2);

select is(
  (select count(*) from public.workflow_event where idempotency_key is null),
  2::bigint,
  'without a key, each call is an event'
);

select * from finish();
rollback;
