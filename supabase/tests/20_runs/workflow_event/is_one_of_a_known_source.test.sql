begin;
select plan(3);

select throws_ok(
  $$insert into public.workflow_event (name, source) values ('x', 'hearsay')$$,
  '23514',
  'new row for relation "workflow_event" violates check constraint "event_source_is_known"',
  'an unknown source is refused'
);

select throws_ok(
  $$insert into public.workflow_event (name, source, payload) values ('x', 'emit', '[]')$$,
  '23514',
  'new row for relation "workflow_event" violates check constraint "event_payload_is_an_object"',
  'a payload that is no object is refused'
);

select throws_ok(
  $$insert into public.workflow_event (name, source, related_table_pkey) values ('x', 'emit', '1')$$,
  '23514',
  'new row for relation "workflow_event" violates check constraint "related_record_is_named_whole"',
  'a key without its table is refused'
);

select * from finish();
rollback;
