-- Like the role with which the Data API signs in: a member of service_role that does not inherit its rights.
begin;
select plan(2);

select test.create_workflow('w');
create temporary table given on commit drop as select test.start_run() as run;
create role test_clerk noinherit;
create role test_robot inherit;
grant service_role to test_clerk, test_robot;
grant test_clerk, test_robot to current_user;
grant execute on function public.workflow_timeline(uuid) to test_clerk;

create function pg_temp.read_as(role text, run uuid)
returns text
language plpgsql
as $$
begin
  perform test.act_as(read_as.role);
  raise exception using errcode = 'P0001', message = public.workflow_timeline(read_as.run) #>> '{run,status}';
exception
  when sqlstate 'PT404' or raise_exception then
    return sqlerrm;
end;
$$;

select is(pg_temp.read_as('test_clerk', run), format('There is no run %s', run), 'that it may become it is not enough') from given;
select is(pg_temp.read_as('test_robot', run), 'running', 'that it has its rights is') from given;

select * from finish();
rollback;
