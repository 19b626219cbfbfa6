-- A call of its own for each event takes longer than an index saves.
begin;
select plan(3);

-- Whether the plan of a statement calls a function of that name.
create function pg_temp.calls(name text, statement text)
returns boolean
language plpgsql
as $$
declare
  v_line text;
begin
  for v_line in execute 'explain (verbose) ' || calls.statement loop
    if strpos(v_line, calls.name || '(') > 0 then
      return true;
    end if;
  end loop;
  return false;
end;
$$;

select is(pg_temp.calls(f.name, f.statement), false, f.name || ' is part of the plan')
from (values
  ('fits', 'select from workflow_engine.awaited_event e, workflow_engine.event_wait w where workflow_engine.fits(e, w)'),
  ('match_key', 'select workflow_engine.match_key(p.scope, p.path, ''1'') from workflow_engine.match_path p'),
  ('scoped', 'select workflow_engine.scoped(e.scope, e.payload) from workflow_engine.awaited_event e')
) f (name, statement);

select * from finish();
rollback;
