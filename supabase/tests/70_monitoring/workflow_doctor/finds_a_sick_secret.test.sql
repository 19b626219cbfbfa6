-- What is stored, and what Vault makes of it.
begin;
select plan(5);

select matches(
  workflow_engine.check_secret('workflow_secret', 'whsec_c2VjcmV0', null),
  '^workflow_secret lies in Vault unencrypted',
  'one that was inserted instead of created'
);

select matches(
  workflow_engine.check_secret('workflow_function_url', 'https://p.supabase.co/functions/v1/workflow-cron', null),
  '^workflow_function_url lies in Vault unencrypted',
  'a URL that was'
);

select matches(
  workflow_engine.check_secret('workflow_secret', 'bm90aGluZw==', null),
  '^Vault cannot decrypt workflow_secret',
  'one of another project''s key'
);

select matches(
  workflow_engine.check_secret('workflow_secret', 'bm90aGluZw==', 'hunter2'),
  '^workflow_secret is not of the form whsec_<base64>',
  'one that signs nothing'
);

select is(
  workflow_engine.check_secret('workflow_secret', 'bm90aGluZw==', 'whsec_c2VjcmV0 whsec_b2xk'),
  'ok',
  'two of them, while they are rotated, are well'
);

select * from finish();
rollback;
