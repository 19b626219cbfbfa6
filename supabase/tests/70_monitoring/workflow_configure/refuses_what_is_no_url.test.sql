begin;
select plan(3);

select throws_ok(
  $$select public.workflow_configure('workflow-cron')$$,
  'PT422',
  'Cannot configure the engine: "workflow-cron" is not the URL of a function',
  'a name'
);

select throws_ok(
  $$select public.workflow_configure(null)$$,
  'PT422',
  'Cannot configure the engine: "null" is not the URL of a function',
  'nothing'
);

select throws_ok(
  $$select public.workflow_configure('https://p.supabase.co/functions/v1/workflow-cron', 'app.example.com')$$,
  'PT422',
  'Cannot configure the engine: "app.example.com" is not the URL of an application',
  'an application without a scheme, and the error names it'
);

select * from finish();
rollback;
