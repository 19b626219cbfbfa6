-- Writes a secret with Vault's own function (a plain insert would not be encrypted). Deletes the old
-- one instead of updating it: vault.update_secret() raises for a secret that it cannot decrypt, which is
-- the very one that must be written again.
create or replace function workflow_engine.write_secret(name text, secret text, description text)
returns void
language plpgsql
set search_path = ''
as $$
begin
  delete from vault.secrets s where s.name = write_secret.name;
  perform vault.create_secret(write_secret.secret, write_secret.name, write_secret.description);
end;
$$;

comment on function workflow_engine.write_secret(text, text, text) is
  'Creates or replaces a secret in Vault.';

-- Tells the engine where its function is. Writes what Vault must hold, makes the secret that signs
-- wake-ups when there is none, and returns what is left to type.
create or replace function public.workflow_configure(url text, app_url text default null)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_secret text := workflow_engine.read_secret('workflow_secret');
begin
  if (workflow_configure.url ~ '^https?://[^\s/]+/') is not true then
    perform workflow_engine.raise_error(
      'PT422', 'configure.url_invalid',
      format('Cannot configure the engine: "%s" is not the URL of a function', coalesce(workflow_configure.url, 'null')),
      'Pass https://<project>.supabase.co/functions/v1/workflow-cron.'
    );
  end if;
  if workflow_configure.app_url !~ '^https?://[^\s/]+' then
    perform workflow_engine.raise_error(
      'PT422', 'configure.app_url_invalid',
      format('Cannot configure the engine: "%s" is not the URL of an application', workflow_configure.app_url),
      'Pass https://<application>, or leave it out.'
    );
  end if;
  if v_secret is null then
    v_secret := 'whsec_' || encode(extensions.gen_random_bytes(32), 'base64');
    perform workflow_engine.write_secret('workflow_secret', v_secret, 'Signs the wake-ups of workflow-cron.');
  end if;
  perform workflow_engine.write_secret('workflow_function_url', workflow_configure.url, 'Where workflow-cron is.');
  if workflow_configure.app_url is not null then
    perform workflow_engine.write_secret('APP_URL', workflow_configure.app_url, 'What relative target_endpoints are taken from.');
  end if;
  return jsonb_build_object(
    'url', workflow_configure.url,
    'next', array[
      format('supabase secrets set WORKFLOW_SECRET=%s', v_secret),
      'select * from workflow_doctor();'
    ]
  );
end;
$$;

comment on function public.workflow_configure(text, text) is
  'Writes the function''s URL, the application''s URL and the secret of the wake-ups to Vault; returns {"url", "next": [what to type]}. Raises PT422 for what is no URL.';
