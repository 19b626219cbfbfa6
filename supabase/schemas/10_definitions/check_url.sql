-- Whether a host may be called from an action: a public name, or what the operator allowed. Address
-- literals in any notation (decimal, hex, octal, IPv6) and single-label, .local and .internal names
-- are refused. The worker checks again when it calls, then with the addresses the name has.
create or replace function workflow_engine.is_public_host(host text)
returns boolean
language sql
immutable
return lower(host) ~ '^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+\.?$'
  and lower(host) !~ '(\.|^)(localhost|local|internal|localdomain|home\.arpa)\.?$'
  and lower(host) !~ '(\.|^)(0x[0-9a-f]*|[0-9]+)\.?$';

comment on function workflow_engine.is_public_host(text) is
  'Whether a host is a public name and no address literal or private name.';

create or replace function workflow_engine.check_url(url text, field text)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_parts text[] := regexp_match(check_url.url, '^(https?)://([^/?#:@\s\\]+|\[[0-9a-fA-F:.]+\])(:[0-9]{1,5})?([/?#][^\s]*)?$', 'i');
  v_fault text;
begin
  if v_parts is null then
    v_fault := 'It is not an absolute http(s) URL without credentials';
  elsif exists (
    select from workflow_engine.settings s
    where lower(v_parts[2]) = any (s.allowed_hosts)
      or lower(v_parts[2] || coalesce(v_parts[3], '')) = any (s.allowed_hosts)
  ) then
    return;
  elsif lower(v_parts[1]) <> 'https' then
    v_fault := 'It must begin with https://';
  elsif not workflow_engine.is_public_host(v_parts[2]) then
    v_fault := format('The host "%s" is private or an address', v_parts[2]);
  else
    return;
  end if;
  perform workflow_engine.raise_error(
    'PT422', 'definition.url_refused',
    format('Cannot save %s: the URL "%s" is refused. %s', check_url.field, left(check_url.url, 300), v_fault),
    'Use a public https URL, or let the operator add the host to workflow_engine.settings.allowed_hosts.'
  );
end;
$$;

comment on function workflow_engine.check_url(text, text) is
  'Raises PT422 for a URL that an action must not call.';
