-- Schema, table and columns that need quotes.
begin;
select plan(2);

create schema "Test ""Shop""";
create table "Test ""Shop"""."order's lines" ("the id" integer primary key, "from" text);
select public.workflow_attach('"Test ""Shop"""."order''s lines"', columns => '{the id,from}');
select test.create_workflow('w', trigger => 'order.seen');
update public.workflow_action set payload = '{"from": "{{ $.record.from }}"}';

insert into "Test ""Shop"""."order's lines" values (1, 'x');

select is(
  (select payload -> 'record' from public.workflow_event),
  '{"the id": 1, "from": "x"}',
  'its rows are captured'
);

select public.workflow_emit('order.seen', related_table => 'Test "Shop".order''s lines', related_table_pkey => '1');

select is(test.claim() #> '{claims,0,values}', '["x"]', 'and found again');

select * from finish();
rollback;
