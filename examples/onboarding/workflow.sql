-- Onboarding: a mail at once; beside it, a call to the application; and an hour later a reminder, if the
-- profile is still incomplete then. Runs again without harm.
with onboarding as (
  insert into public.workflow (name, description, trigger)
  values ('onboarding', 'Welcomes whoever signs up', 'public.profiles.insert')
  on conflict (organization_id, name) do update
    set description = excluded.description, trigger = excluded.trigger, is_active = true
  returning id
)
insert into public.workflow_action (workflow_id, name, action_type, target_endpoint, payload, condition, delay)
select o.id, a.name, a.action_type, a.target_endpoint, a.payload::jsonb, a.condition, a.delay::interval
from onboarding o
cross join (
  values
    ('welcome', 'send_email', null, '{
      "from": "Acme <hello@acme.example>",
      "to": "{{ $.record.email | required }}",
      "subject": "Welcome, {{ $.record.full_name | default: ''friend'' }}",
      "text": "Good to have you."
    }', null, '0'),
    ('start_trial', 'webhook', '/endpoint/start-trial', '{
      "user_id": "{{ $.record.id }}",
      "days": 14
    }', null, '0'),
    ('reminder', 'send_email', null, '{
      "from": "Acme <hello@acme.example>",
      "to": "{{ $.record.email | required }}",
      "subject": "Your profile has no name yet",
      "text": "Complete it, and we know what to call you."
    }', '$.record.full_name == null', '60 minutes')
) a (name, action_type, target_endpoint, payload, condition, delay)
on conflict (workflow_id, name) do update set
  action_type = excluded.action_type,
  target_endpoint = excluded.target_endpoint,
  payload = excluded.payload,
  condition = excluded.condition,
  delay = excluded.delay;
