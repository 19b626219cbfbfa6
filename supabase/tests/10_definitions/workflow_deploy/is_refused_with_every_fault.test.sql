begin;
select plan(4);

create temporary table given on commit drop as
select test.error_of($$
  select public.workflow_deploy('{
    "name": "w", "triger": "order.paid", "phase": "soon", "condition": "$.event.paid",
    "actions": [
      {"name": "a", "action_type": "log", "payload": {"to": ["{{ $.evnt }}", "{{"], "a/b": "{{ $.event.x | shout }}"}, "headers": {"x": "{{"}},
      {"name": "a", "order": "first"},
      7,
      {"name": "p", "action_type": "choice", "payload": {"choices": [{"if": "$.event.n >", "then": "a"}, {"if": "$.event.n", "then": "a"}]}},
      {"name": "q", "action_type": "http_request", "payload": {"url": "http://10.0.0.1/"}, "id": "x"},
      {"name": "r", "action_type": "log", "join_count": 2, "run_if": "always"}
    ]
  }')
$$) as error;

select is(error ->> 'code', 'PT422', 'it is refused') from given;
select is(error ->> 'details', 'definition.invalid', 'under a key of its own') from given;
select set_eq(
  $$select f ->> 'pointer' from given, jsonb_array_elements((error ->> 'hint')::jsonb) f$$,
  $$
    values
      ('/trigger'), ('/triger'), ('/phase'), ('/condition'),
      ('/actions/0/payload/to/0'), ('/actions/0/payload/to/1'), ('/actions/0/payload/a~1b'), ('/actions/0/headers/x'),
      ('/actions/1/action_type'), ('/actions/1/name'), ('/actions/1/order'),
      ('/actions/2'),
      ('/actions/3/payload/choices/0/if'), ('/actions/3/payload/choices/1/if'),
      ('/actions/4/id'), ('/actions/4/payload/url'),
      ('/actions/5/join_count')
  $$,
  'with every fault of the document at once, each with its JSON pointer'
);
select ok(
  not exists (
    select from given, jsonb_array_elements((error ->> 'hint')::jsonb) f
    where position(format('at "%s": %s', f ->> 'pointer', f ->> 'fault') in error ->> 'message') = 0
  ),
  'and the message says the same in words'
)
from given;

select * from finish();
rollback;
