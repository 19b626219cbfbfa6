begin;
select plan(2);

insert into public.workflow (id, name, trigger) values ('00000000-0000-7000-8000-000000000001', 'w', 'x');
insert into public.workflow_action (workflow_id, name, action_type) values ('00000000-0000-7000-8000-000000000001', null, 'send_email');

select is((select name from public.workflow_action), 'send_email', 'without a name it gets its type''s');

select throws_ok(
  $$update public.workflow_action set name = 'two words'$$,
  '23514',
  'new row for relation "workflow_action" violates check constraint "workflow_action_name_is_a_word"',
  'a name that no path could quote plainly is refused'
);

select * from finish();
rollback;
