begin;
select plan(2);

select test.deploy('[
  {"name": "fast", "action_type": "log"},
  {"name": "slow", "action_type": "send_email"},
  {"name": "join", "action_type": "log", "order": 2, "join_count": 1}
]');
create temporary table given on commit drop as select test.start_run() as run;
select public.workflow_pause(action_type => 'send_email');
create temporary table claimed on commit drop as select test.claim() as answer;
select is((test.log_of(run, 'slow')).is_held, true, 'it is held') from given;
select test.report(test.claim_of(answer, 'fast'), '{"status": "completed"}') from claimed;

select results_eq(
  $$select l.status, l.reason, l.is_held from given, test.log_of(run, 'slow') l$$,
  $$values ('stopped', 'not_needed', false)$$,
  'until nobody needs it'
);

select * from finish();
rollback;
