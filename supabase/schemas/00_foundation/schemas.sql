-- Two schemas: `public` holds what applications see, `workflow_engine` everything internal. The
-- Data API does not expose the second one, and no API role may use it.
create schema if not exists workflow_engine;

comment on schema workflow_engine is
  'The internals of the workflow engine. No API role reaches it; applications use the tables and functions in public.';

create schema if not exists extensions;
