-- PostgREST turns the code into a status and hands the rest to the client.
begin;
select plan(1);

select is(
  test.error_of($$select workflow_engine.raise_error('PT409', 'run.not_running', 'Cannot stop it', 'Look first.')$$),
  '{"code": "PT409", "details": "run.not_running", "message": "Cannot stop it", "hint": "Look first."}',
  'an error has all that a client tells it apart by'
);

select * from finish();
rollback;
