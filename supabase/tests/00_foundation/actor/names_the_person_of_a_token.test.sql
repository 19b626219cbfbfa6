-- Who signed in by phone has an empty e-mail in the token.
begin;
select plan(6);

select is(workflow_engine.actor(), session_user::text, 'without a token the database''s role');
select test.act_as('authenticated', '{"email": "ada@example.com", "phone": "", "sub": "1"}');
reset role;
select is(workflow_engine.actor(), 'ada@example.com', 'the e-mail');
select test.act_as('authenticated', '{"email": "", "phone": "491234", "sub": "1"}');
reset role;
select is(workflow_engine.actor(), '491234', 'else the phone');
select test.act_as('authenticated', '{"email": "", "phone": "", "sub": "1"}');
reset role;
select is(workflow_engine.actor(), '1', 'else the subject');
select test.act_as('service_role', '{"email": null, "sub": ""}');
reset role;
select is(workflow_engine.actor(), 'service_role', 'else the role');
select test.act_as('authenticated', '{"email": "ada@example.com"}');
reset role;
select is(workflow_engine.named_actor(a), coalesce(nullif(a, ''), 'ada@example.com'), 'unless another one is named') from unnest(array['']) a;

select * from finish();
rollback;
