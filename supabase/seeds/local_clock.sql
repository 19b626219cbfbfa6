-- The clock of the local stack: it adds an offset that every connection reads, so that travelling is
-- one update. Production has no such row, and its clock() no such table to read.
create table workflow_engine.clock_offset (
  id boolean not null default true,
  "offset" interval not null default '0',
  constraint clock_offset_pkey primary key (id),
  constraint clock_offset_has_one_row check (id)
);

insert into workflow_engine.clock_offset default values;

comment on table workflow_engine.clock_offset is
  'How far the local stack''s clock has travelled: exactly one row.';

-- Security definer because whoever reads the clock may not reach workflow_engine.
create or replace function workflow_engine.clock()
returns timestamptz
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  return clock_timestamp() + (select o."offset" from workflow_engine.clock_offset o);
end;
$$;

comment on function workflow_engine.clock() is
  'Security definer because whoever reads the clock may not reach workflow_engine. The engine''s time, with the offset of the local stack.';
