-- The workflow *onboarding*. May be run again after an edit; runs that have begun keep the definition
-- with which they began.
with onboarding as (
  insert into public.workflow (name, description, trigger)
  values ('onboarding', 'Welcomes everybody who signs up.', 'public.profiles.insert')
  on conflict (organization_id, name) do update
    set description = excluded.description, trigger = excluded.trigger, is_active = true
  returning id
)
insert into public.workflow_action (
  workflow_id, "order", name, action_type, target_endpoint, delay, condition, payload
)
select onboarding.id, action.*
from onboarding
cross join (
  values
    (
      1, 'welcome_email', 'send_email', null, interval '0', null,
      jsonb '{
        "from": "Acme <hello@acme.example>",
        "to": "{{ $.record.email | required }}",
        "subject": "Welcome to Acme, {{ $.record.full_name | default: ''friend'' }}",
        "text": "Good to have you. Tell us your name, and we are all set."
      }'
    ),
    -- The application does this one: it gets a signed call below its address, Vault's APP_URL.
    (
      1, 'register_with_crm', 'webhook', '/endpoint/register-with-crm', interval '0', null,
      jsonb '{ "user_id": "{{ $.record.id }}", "email": "{{ $.record.email }}" }'
    ),
    -- The condition is looked at after the delay, on the profile as it is then.
    (
      1, 'follow_up', 'send_email', null, interval '60 minutes', '$.record.full_name == null',
      jsonb '{
        "from": "Acme <hello@acme.example>",
        "to": "{{ $.record.email | required }}",
        "subject": "Your profile is almost complete",
        "text": "Only your name is missing."
      }'
    ),
    -- A higher order begins when the one before it has ended.
    (
      2, 'done', 'log', null, interval '0', null,
      jsonb '{
        "message": "{{ $.record.email }} is on board, {{ $.actions.register_with_crm.output.contact | default: ''unknown'' }} in the CRM"
      }'
    )
) as action ("order", name, action_type, target_endpoint, delay, condition, payload)
on conflict (workflow_id, name) do update
  set "order" = excluded."order", action_type = excluded.action_type,
    target_endpoint = excluded.target_endpoint, delay = excluded.delay,
    condition = excluded.condition, payload = excluded.payload;
