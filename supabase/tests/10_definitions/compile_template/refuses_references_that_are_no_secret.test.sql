begin;
select plan(5);

create temporary table given (secret jsonb, fault text) on commit drop;
insert into given
values
  ('{"$secret": "SHOP_API_KEY"}', null),
  ('{"$secret": "SHOP_API_KEY", "beside": 1}', 'A secret is {"$secret": "NAME"} and nothing else'),
  ('{"$secret": "{{ $.event.name }}"}', 'A secret is {"$secret": "NAME"} and nothing else'),
  ('{"$secret": 7}', 'A secret is {"$secret": "NAME"} and nothing else'),
  ('{"$secret": "SUPABASE_SECRET_KEYS"}', 'The secret "SUPABASE_SECRET_KEYS" is the engine''s own');

select is(
  public.workflow_check(jsonb_build_object('name', 'w', 'trigger', 't', 'actions', jsonb_build_array(
    jsonb_build_object('action_type', 'log', 'payload', jsonb_build_object('deep', jsonb_build_array(secret)))
  ))) -> 'errors',
  case when fault is null then '[]' else jsonb_build_array(jsonb_build_object('pointer', '/actions/0/payload/deep/0', 'fault', fault)) end,
  secret::text
)
from given;

select * from finish();
rollback;
