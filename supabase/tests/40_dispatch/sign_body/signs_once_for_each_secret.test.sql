-- During a rotation two secrets are valid, and a receiver may know either.
begin;
select plan(2);

select is(
  workflow_engine.sign_body('{}', 'whsec_' || encode('first', 'base64') || ' whsec_' || encode('second', 'base64'), 'msg_1', to_timestamp(1)) ->> 'webhook-signature',
  concat_ws(' ',
    workflow_engine.sign_body('{}', 'whsec_' || encode('first', 'base64'), 'msg_1', to_timestamp(1)) ->> 'webhook-signature',
    workflow_engine.sign_body('{}', 'whsec_' || encode('second', 'base64'), 'msg_1', to_timestamp(1)) ->> 'webhook-signature'
  ),
  'two secrets give two signatures, separated by a space'
);

select isnt(
  workflow_engine.sign_body('{}', 'whsec_' || encode('first', 'base64'), 'msg_1', to_timestamp(1)) ->> 'webhook-signature',
  workflow_engine.sign_body('{}', 'whsec_' || encode('first', 'base64'), 'msg_2', to_timestamp(1)) ->> 'webhook-signature',
  'the id is signed too'
);

select * from finish();
rollback;
