-- The published contract of pg_net 0.20: schema, signatures, defaults, privileges.
-- The worker that sends the requests is local/net/main.ts.

create schema if not exists net;

create domain net.http_method as text
  constraint http_method_is_supported check (lower(value) in ('get', 'post', 'delete'));

-- Unlogged as in pg_net: a crash of the server empties both tables.
create unlogged table net.http_request_queue (
  id bigserial,
  method net.http_method not null,
  url text not null,
  headers jsonb,
  body bytea,
  timeout_milliseconds int not null
);

create unlogged table net._http_response (
  id bigint,
  status_code int,
  content_type text,
  headers jsonb,
  content text,
  timed_out boolean,
  error_msg text,
  created timestamptz not null default now()
);

create index on net._http_response (created);

create type net.request_status as enum ('PENDING', 'SUCCESS', 'ERROR');
create type net.http_response as (status_code int, headers jsonb, body text);
create type net.http_response_result as (
  status net.request_status,
  message text,
  response net.http_response
);

-- Wakes the worker when the transaction commits, and only then: that is what NOTIFY does.
create function net.wake() returns void
language sql
as $$ select pg_catalog.pg_notify('pg_net_wake', '') $$;

create function net.worker_restart() returns boolean
language sql
as $$ select true from pg_catalog.pg_notify('pg_net_wake', 'restart') $$;

-- Security definer because only a privileged role sees whose sessions are open.
create function net._worker_is_up() returns boolean
language sql
security definer
set search_path = ''
as $$
  select exists (
    select from pg_catalog.pg_stat_activity a where a.application_name like 'pg_net %'
  )
$$;

create function net.check_worker_is_up() returns void
language plpgsql
as $$
begin
  if not net._worker_is_up() then
    raise exception using
      message = 'the pg_net background worker is not up',
      detail = 'the process local/net/main.ts is not connected to this database',
      hint = 'start the local stack with npm start';
  end if;
end
$$;

create function net.wait_until_running() returns void
language plpgsql
as $$
begin
  while not net._worker_is_up() loop
    perform pg_catalog.pg_sleep(0.05);
    perform pg_catalog.pg_stat_clear_snapshot();
  end loop;
end
$$;

create function net._urlencode_string(string varchar) returns text
language sql
immutable
as $$
  select pg_catalog.string_agg(
    case
      when pg_catalog.chr(b.code) ~ '[A-Za-z0-9._~-]' and b.code < 128 then pg_catalog.chr(b.code)
      else '%' || pg_catalog.upper(pg_catalog.lpad(pg_catalog.to_hex(b.code), 2, '0'))
    end,
    '' order by b.at
  )
  from (
    select i.at, pg_catalog.get_byte(pg_catalog.convert_to(string, 'UTF8'), i.at) as code
    from pg_catalog.generate_series(
      0, pg_catalog.octet_length(pg_catalog.convert_to(string, 'UTF8')) - 1
    ) as i (at)
  ) as b
$$;

create function net._encode_url_with_params_array(url text, params_array text[]) returns text
language sql
immutable
as $$
  select case
    when pg_catalog.cardinality(params_array) = 0 then url
    else url
      || case when pg_catalog.strpos(url, '?') > 0 then '&' else '?' end
      || pg_catalog.array_to_string(params_array, '&')
  end
$$;

create function net._encode_params(params jsonb) returns text[]
language sql
immutable
as $$
  select coalesce(
    pg_catalog.array_agg(
      net._urlencode_string(p.key) || '=' || coalesce(net._urlencode_string(p.value), '')
    ),
    '{}'
  )
  from pg_catalog.jsonb_each_text(params) as p
$$;

create function net.http_get(
  url text,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{}'::jsonb,
  timeout_milliseconds int default 5000
) returns bigint
language plpgsql
as $$
declare
  v_id bigint;
begin
  insert into net.http_request_queue (method, url, headers, timeout_milliseconds)
  values (
    'GET',
    net._encode_url_with_params_array(url, net._encode_params(params)),
    headers,
    timeout_milliseconds
  )
  returning id into v_id;
  perform net.wake();
  return v_id;
end
$$;

create function net.http_post(
  url text,
  body jsonb default '{}'::jsonb,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{"Content-Type": "application/json"}'::jsonb,
  timeout_milliseconds int default 5000
) returns bigint
language plpgsql
as $$
declare
  v_id bigint;
  v_content_type text := (
    select h.value
    from pg_catalog.jsonb_each_text(coalesce(headers, '{}'::jsonb)) as h
    where pg_catalog.lower(h.key) = 'content-type'
    limit 1
  );
begin
  if v_content_type <> 'application/json' then
    raise exception 'Content-Type header must be "application/json"';
  end if;

  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (
    'POST',
    net._encode_url_with_params_array(url, net._encode_params(params)),
    case
      when v_content_type is null then headers || '{"Content-Type": "application/json"}'::jsonb
      else headers
    end,
    pg_catalog.convert_to(body::text, 'UTF8'),
    timeout_milliseconds
  )
  returning id into v_id;
  perform net.wake();
  return v_id;
end
$$;

create function net.http_delete(
  url text,
  params jsonb default '{}'::jsonb,
  headers jsonb default '{}'::jsonb,
  timeout_milliseconds int default 5000,
  body jsonb default null
) returns bigint
language plpgsql
as $$
declare
  v_id bigint;
begin
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (
    'DELETE',
    net._encode_url_with_params_array(url, net._encode_params(params)),
    headers,
    pg_catalog.convert_to(body::text, 'UTF8'),
    timeout_milliseconds
  )
  returning id into v_id;
  perform net.wake();
  return v_id;
end
$$;

create function net._await_response(request_id bigint) returns boolean
language plpgsql
as $$
begin
  while not exists (select from net._http_response r where r.id = request_id) loop
    perform pg_catalog.pg_sleep(0.05);
  end loop;
  return true;
end
$$;

create function net._http_collect_response(request_id bigint, async boolean default true)
returns net.http_response_result
language plpgsql
as $$
declare
  v_response net._http_response;
begin
  if not async then
    perform net._await_response(request_id);
  end if;

  select * into v_response from net._http_response r where r.id = request_id;
  if v_response.id is null or v_response.error_msg is not null then
    return (
      'ERROR',
      coalesce(v_response.error_msg, 'request matching request_id not found'),
      null
    )::net.http_response_result;
  end if;

  return (
    'SUCCESS',
    'ok',
    (v_response.status_code, v_response.headers, v_response.content)::net.http_response
  )::net.http_response_result;
end
$$;

create function net.http_collect_response(request_id bigint, async boolean default true)
returns net.http_response_result
language plpgsql
as $$
begin
  raise notice 'The net.http_collect_response function is deprecated.';
  return net._http_collect_response(request_id, async);
end
$$;

grant usage on schema net to public;
grant all on all sequences in schema net to public;
grant all on all tables in schema net to public;
