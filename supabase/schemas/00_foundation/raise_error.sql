-- Every error that a client must tell apart leaves through here. PostgREST turns SQLSTATE PTnnn into
-- HTTP status nnn; `details` carries a stable key that docs/reference/errors.md explains.
create or replace function workflow_engine.raise_error(
  code text,
  key text,
  message text,
  hint text
)
returns void
language plpgsql
set search_path = ''
as $$
begin
  raise exception using
    errcode = raise_error.code,
    message = raise_error.message,
    detail = raise_error.key,
    hint = raise_error.hint;
end;
$$;

comment on function workflow_engine.raise_error(text, text, text, text) is
  'Raises an error for the Data API: SQLSTATE PTnnn, a sentence, a stable key in details, and a hint that says what to do.';
