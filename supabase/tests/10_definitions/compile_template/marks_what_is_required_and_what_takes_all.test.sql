begin;
select plan(3);

select is(
  workflow_engine.compile_placeholder('$.event.name | required | upper', '') - 'path',
  '{"filters": [{"name": "upper", "arguments": []}], "required": true, "takes_all": false}',
  'required is a property of the hole and no filter'
);

select is(
  workflow_engine.compile_placeholder('$.event.lines[*].title', '') -> 'takes_all',
  'true',
  'a wildcard takes all that it finds'
);

select is(
  workflow_engine.compile_placeholder('$.event.lines[0].title', '') -> 'takes_all',
  'false',
  'an index takes one'
);

select * from finish();
rollback;
