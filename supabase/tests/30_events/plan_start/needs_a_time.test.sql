-- A record that names no time has no plan, whatever the policy for a past one says.
begin;
select plan(3);

select test.create_workflow('w');
update public.workflow set phase = 'after', "interval" = 60, relative_to = '$.event.at', if_past = 'run_now';

select is(test.start_run('{"at": null}'), null, 'null is no time');
select is(test.start_run('{}'), null, 'nor is a missing key');
select is(test.start_run('{"at": "soon"}'), null, 'nor is what cannot be read');

select * from finish();
rollback;
