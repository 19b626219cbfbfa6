begin;
select plan(2);

create table public.test_seats (room text, seat integer, taken_by text, primary key (seat, room));
select public.workflow_attach('public.test_seats');
select test.create_workflow('w', trigger => 'public.test_seats.insert');
update public.workflow_action set payload = '{"by": "{{ $.record.taken_by }}"}';

insert into public.test_seats values ('A "1"', 12, 'Ada');

select is(
  (select related_table_pkey from public.workflow_event),
  '["12", "A \"1\""]',
  'a JSON array of texts, in the order of the key'
);

update public.test_seats set taken_by = 'Grace';

select is(test.claim() #> '{claims,0,values}', '["Grace"]', 'by which its current row is found again');

select * from finish();
rollback;
