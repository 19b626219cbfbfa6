begin;
select plan(2);

select test.deploy('[{"name": "slow", "action_type": "log", "delay": "1 hour"}]', '{"name": "child", "trigger": "never"}');
create temporary table given on commit drop as select test.start_wait('{"kind": "run", "workflow": "child"}') as run;

select results_eq(
  $$select l.status, l.waits_for from given, test.log_of(run, 'ask') l$$, $$values ('waiting', 'run')$$, 'for as long as it takes'
);
select test.travel('61 minutes');
select test.work_off();
select is(test.run_status(run), 'completed', 'then the parent goes on') from given;

select * from finish();
rollback;
