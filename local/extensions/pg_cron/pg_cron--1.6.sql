-- The published contract of pg_cron 1.6: schema, signatures, defaults, privileges.
-- The worker that runs the jobs is local/cron/main.ts.

create schema cron;
create sequence cron.jobid_seq;
create sequence cron.runid_seq;

create table cron.job (
  jobid bigint primary key default pg_catalog.nextval('cron.jobid_seq'),
  schedule text not null,
  command text not null,
  nodename text not null default 'localhost',
  nodeport int not null default pg_catalog.inet_server_port(),
  database text not null default pg_catalog.current_database(),
  username text not null default current_user,
  active boolean not null default true,
  jobname text,
  constraint jobname_username_uniq unique (jobname, username)
);
alter table cron.job enable row level security;
create policy cron_job_policy on cron.job using (username = current_user);

create table cron.job_run_details (
  jobid bigint,
  runid bigint primary key default pg_catalog.nextval('cron.runid_seq'),
  job_pid int,
  database text,
  username text,
  command text,
  status text,
  return_message text,
  start_time timestamptz,
  end_time timestamptz
);
alter table cron.job_run_details enable row level security;
create policy cron_job_run_details_policy on cron.job_run_details
  using (username = current_user);

-- A change that a role asks for. pg_cron's C code knows its caller and writes cron.job as
-- superuser; here the caller inserts a request under a policy that pins its name, and a trigger
-- that belongs to the superuser carries it out. (Inside a security definer function the caller's
-- name is lost.) No row ever stays.
create table cron._request (
  action text not null,
  job_id bigint,
  jobname text,
  schedule text,
  command text,
  database text,
  username text,
  active boolean,
  caller text not null default current_user
);
alter table cron._request enable row level security;
create policy caller_is_current_user on cron._request for insert with check (caller = current_user);

create function cron._value(word text, low int, names text[]) returns int
language sql
immutable
as $$
  select case
    when word ~ '^\d{1,4}$' then word::int
    else pg_catalog.array_position(names, pg_catalog.lower(word)) - 1 + low
  end
$$;

create function cron._item_is_valid(item text, low int, high int, names text[]) returns boolean
language sql
immutable
as $$
  select coalesce(
    case
      when part.first = '*' then part.last is null and coalesce(part.step::int between 1 and high, true)
      when part.last is null then part.step is null
        and cron._value(part.first, low, names) between low and high
      else cron._value(part.first, low, names) between low and high
        and cron._value(part.last, low, names) between low and high
        and cron._value(part.first, low, names) <= cron._value(part.last, low, names)
        and coalesce(part.step::int between 1 and high, true)
    end,
    false
  )
  from (
    select m.match[1] as first, m.match[2] as last, m.match[3] as step
    from pg_catalog.regexp_matches(
      item, '^(\*|[0-9]{1,4}|[A-Za-z]{3})(?:-([0-9]{1,4}|[A-Za-z]{3}))?(?:/([0-9]{1,4}))?$'
    ) as m (match)
  ) as part
$$;

create function cron._field_is_valid(field text, low int, high int, names text[] default '{}')
returns boolean
language sql
immutable
as $$
  select pg_catalog.bool_and(coalesce(cron._item_is_valid(i.item, low, high, names), false))
  from pg_catalog.unnest(pg_catalog.string_to_array(field, ',')) as i (item)
$$;

create function cron._schedule_is_valid(schedule text) returns boolean
language plpgsql
immutable
as $$
declare
  v_text text := pg_catalog.btrim(schedule);
  v_fields text[] := pg_catalog.regexp_split_to_array(v_text, '[ \t]+');
begin
  if v_text ~* '^([1-9]|[1-5][0-9])\s+seconds?$' then
    return true;
  end if;
  if v_text ~* '^@(restart|yearly|annually|monthly|weekly|daily|midnight|hourly)$' then
    return true;
  end if;
  return pg_catalog.cardinality(v_fields) = 5
    and cron._field_is_valid(v_fields[1], 0, 59)
    and cron._field_is_valid(v_fields[2], 0, 23)
    and (v_fields[3] = '$' or cron._field_is_valid(v_fields[3], 1, 31))
    and cron._field_is_valid(
      v_fields[4], 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}'
    )
    and cron._field_is_valid(v_fields[5], 0, 7, '{sun,mon,tue,wed,thu,fri,sat}');
end
$$;

create function cron._check_schedule(schedule text) returns void
language plpgsql
as $$
begin
  if not cron._schedule_is_valid(schedule) then
    raise exception 'invalid schedule: %', schedule using
      errcode = 'invalid_parameter_value',
      hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
  end if;
end
$$;

create function cron._check_target(username text, database text) returns void
language plpgsql
as $$
begin
  if not exists (select from pg_catalog.pg_roles r where r.rolname = username) then
    raise exception 'role "%" does not exist', username;
  end if;
  if not exists (select from pg_catalog.pg_roles r where r.rolname = username and r.rolcanlogin)
  then
    raise exception 'role "%" can not log in', username
      using detail = 'Jobs may only be run by roles that have the LOGIN attribute.';
  end if;
  if not pg_catalog.has_database_privilege(username, database, 'connect') then
    raise exception 'User % does not have CONNECT privilege on %', username, database;
  end if;
end
$$;

create function cron._is_superuser(role text) returns boolean
language sql
stable
as $$ select r.rolsuper from pg_catalog.pg_roles r where r.rolname = role $$;

create function cron._schedule(request cron._request) returns bigint
language plpgsql
as $$
declare
  v_id bigint;
  v_username text := coalesce(request.username, request.caller);
  v_database text := coalesce(request.database, pg_catalog.current_database());
begin
  if v_username <> request.caller and not cron._is_superuser(request.caller) then
    raise exception 'must be superuser to create a job for another role'
      using errcode = 'insufficient_privilege';
  end if;
  perform cron._check_schedule(request.schedule);
  perform cron._check_target(v_username, v_database);
  insert into cron.job as j (jobname, schedule, command, database, username, active)
  values (
    request.jobname, request.schedule, request.command, v_database, v_username,
    coalesce(request.active, true)
  )
  on conflict on constraint jobname_username_uniq do update
  set
    schedule = excluded.schedule,
    command = excluded.command,
    database = excluded.database,
    active = excluded.active
  returning j.jobid into v_id;
  return v_id;
end
$$;

create function cron._unschedule(request cron._request) returns void
language plpgsql
as $$
begin
  delete from cron.job j
  where (j.jobid = request.job_id or j.jobname = request.jobname)
    and (j.username = request.caller or cron._is_superuser(request.caller));
  if found then
    return;
  end if;
  raise exception 'could not find valid entry for job %',
    coalesce(request.job_id::text, pg_catalog.quote_literal(request.jobname));
end
$$;

create function cron._alter(request cron._request) returns void
language plpgsql
as $$
declare
  v_is_superuser boolean := cron._is_superuser(request.caller);
  v_job cron.job;
begin
  if num_nonnulls(
    request.schedule, request.command, request.database, request.username, request.active
  ) = 0 then
    raise exception 'no updates specified' using
      hint = 'You must specify at least one job attribute to change when calling alter_job';
  end if;
  select * into v_job from cron.job j
  where j.jobid = request.job_id and (j.username = request.caller or v_is_superuser);
  if v_job.jobid is null then
    raise exception 'Job % does not exist or you don''t own it', request.job_id;
  end if;
  if request.username <> v_job.username and not v_is_superuser then
    raise exception 'must be superuser to alter username'
      using errcode = 'insufficient_privilege';
  end if;
  if request.schedule is not null then
    perform cron._check_schedule(request.schedule);
  end if;
  perform cron._check_target(
    coalesce(request.username, v_job.username), coalesce(request.database, v_job.database)
  );

  update cron.job j
  set
    schedule = coalesce(request.schedule, j.schedule),
    command = coalesce(request.command, j.command),
    database = coalesce(request.database, j.database),
    username = coalesce(request.username, j.username),
    active = coalesce(request.active, j.active)
  where j.jobid = request.job_id;
end
$$;

-- Security definer because cron.job is writable by nobody else; who asks was pinned by the policy
-- caller_is_current_user.
create function cron._carry_out() returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  delete from cron._request;
  case new.action
    when 'schedule' then
      perform pg_catalog.set_config('cron._jobid', cron._schedule(new)::text, true);
    when 'unschedule' then perform cron._unschedule(new);
    when 'alter' then perform cron._alter(new);
  end case;
  return null;
end
$$;

create trigger carry_out
  after insert on cron._request
  for each row
  execute function cron._carry_out();

-- pg_cron keeps a cache of the jobs; the worker of the stand-in reads them anew each second.
create function cron.job_cache_invalidate() returns trigger
language plpgsql
as $$
begin
  return null;
end
$$;
comment on function cron.job_cache_invalidate() is 'invalidate job cache';

create trigger cron_job_cache_invalidate
  after insert or update or delete or truncate on cron.job
  for each statement
  execute function cron.job_cache_invalidate();

create function cron.schedule(schedule text, command text) returns bigint
language plpgsql
strict
as $$
begin
  insert into cron._request (action, schedule, command)
  values ('schedule', schedule, command);
  return pg_catalog.current_setting('cron._jobid')::bigint;
end
$$;
comment on function cron.schedule(text, text) is 'schedule a pg_cron job';

create function cron.schedule(job_name text, schedule text, command text) returns bigint
language plpgsql
as $$
begin
  if job_name is null then
    raise exception 'job_name can not be NULL';
  elsif schedule is null then
    raise exception 'schedule can not be NULL';
  elsif command is null then
    raise exception 'command can not be NULL';
  end if;
  insert into cron._request (action, jobname, schedule, command)
  values ('schedule', job_name, schedule, command);
  return pg_catalog.current_setting('cron._jobid')::bigint;
end
$$;
comment on function cron.schedule(text, text, text) is 'schedule a pg_cron job';

create function cron.schedule_in_database(
  job_name text,
  schedule text,
  command text,
  database text,
  username text default null,
  active boolean default true
) returns bigint
language plpgsql
as $$
begin
  insert into cron._request (action, jobname, schedule, command, database, username, active)
  values ('schedule', job_name, schedule, command, database, username, active);
  return pg_catalog.current_setting('cron._jobid')::bigint;
end
$$;
comment on function cron.schedule_in_database(text, text, text, text, text, boolean) is
  'schedule a pg_cron job';

create function cron.unschedule(job_id bigint) returns boolean
language plpgsql
strict
as $$
begin
  insert into cron._request (action, job_id) values ('unschedule', job_id);
  return true;
end
$$;
comment on function cron.unschedule(bigint) is 'unschedule a pg_cron job';

create function cron.unschedule(job_name text) returns boolean
language plpgsql
strict
as $$
begin
  insert into cron._request (action, jobname) values ('unschedule', job_name);
  return true;
end
$$;
comment on function cron.unschedule(text) is 'unschedule a pg_cron job';

create function cron.alter_job(
  job_id bigint,
  schedule text default null,
  command text default null,
  database text default null,
  username text default null,
  active boolean default null
) returns void
language plpgsql
as $$
begin
  if job_id is null then
    raise exception 'job_id can not be NULL';
  end if;
  insert into cron._request (action, job_id, schedule, command, database, username, active)
  values ('alter', job_id, schedule, command, database, username, active);
end
$$;
comment on function cron.alter_job(bigint, text, text, text, text, boolean) is
  'Alter the job identified by job_id. Any option left as NULL will not be modified.';

grant select on cron.job to public;
grant select, delete on cron.job_run_details to public;
grant select on sequence cron.jobid_seq, cron.runid_seq to public;
grant insert on cron._request to public;

revoke all on function cron.alter_job(bigint, text, text, text, text, boolean) from public;
revoke all on function
  cron.schedule_in_database(text, text, text, text, text, boolean) from public;
