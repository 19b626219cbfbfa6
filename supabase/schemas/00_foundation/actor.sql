-- Who is at work, for the audit trail: the person whom the token names, else its role, else the database role.
create or replace function workflow_engine.actor()
returns text
language sql
stable
return coalesce(auth.jwt() ->> 'email', auth.jwt() ->> 'sub', auth.jwt() ->> 'role', session_user::text);

comment on function workflow_engine.actor() is
  'Who is at work: the token''s e-mail, subject or role, else the database role of the session.';
