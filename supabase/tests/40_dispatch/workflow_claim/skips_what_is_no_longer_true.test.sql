-- The reminder of the founding document: sixty minutes later, only if the profile is incomplete then.
begin;
select plan(3);

create table public.test_profiles (id integer primary key, complete boolean);
select public.workflow_attach('public.test_profiles');
select test.create_workflow('onboarding', '{1,2}', 'public.test_profiles.insert');
update public.workflow_action set delay = '60 minutes', condition = '$.record.complete == false' where name = 'b';

insert into public.test_profiles values (1, false), (2, false);
select test.work_off();
update public.test_profiles set complete = true where id = 2;
select test.travel('60 minutes');

select is(test.work_off(), 1, 'after an hour one follow-up is due');

select results_eq(
  'select related_table_pkey, test.statuses(id), status from public.workflow_run order by 1',
  $$
    values
      ('1', '{"a": "completed", "b": "completed"}'::jsonb, 'completed'),
      ('2', '{"a": "completed", "b": "skipped"}', 'completed')
  $$,
  'whoever completed the profile since gets none, and both runs complete'
);

select results_eq(
  $$select reason, meta from public.workflow_action_logs where status = 'skipped'$$,
  $$
    values ('condition', jsonb_build_object('condition', jsonb_build_object(
      'expression', '($."record"."complete" == false)', 'result', false,
      'values', jsonb_build_object('$."record"."complete"', 'true')
    )))
  $$,
  'a skipped action says why: what it asked, and what it saw'
);

select * from finish();
rollback;
