begin;
select plan(1);

select test.deploy(
  '[{"name": "nap", "action_type": "sleep_until", "payload": {"until": "{{ $.event.until }}"}}]',
  '{"timezone": "America/New_York"}'
);
create temporary table given on commit drop as select test.start_run('{"until": "2099-07-01T09:00:00"}') as run;
select test.work_off('{"nap": {"status": "waiting", "wait": {"kind": "sleep", "until": "2099-07-01T09:00:00"}}}');

select is((test.log_of(run, 'nap')).execute_at, '2099-07-01T13:00Z', 'nine in the morning is nine in New York') from given;

select * from finish();
rollback;
