-- Who is at work, for the audit trail: the person whom the token names, else its role, else the database role.
-- Supabase writes an empty e-mail into the token of a person who signed in by phone.
create or replace function workflow_engine.actor()
returns text
language sql
stable
return coalesce(
  nullif(auth.jwt() ->> 'email', ''), nullif(auth.jwt() ->> 'phone', ''), nullif(auth.jwt() ->> 'sub', ''),
  nullif(auth.jwt() ->> 'role', ''), session_user::text
);

comment on function workflow_engine.actor() is
  'Who is at work: the token''s e-mail, phone, subject or role, else the database role of the session.';

-- Whom a caller names as the one at work; an empty name is none.
create or replace function workflow_engine.named_actor(actor text)
returns text
language sql
stable
return coalesce(nullif(actor, ''), workflow_engine.actor());

comment on function workflow_engine.named_actor(text) is
  'The actor that a caller names, else who is at work.';
