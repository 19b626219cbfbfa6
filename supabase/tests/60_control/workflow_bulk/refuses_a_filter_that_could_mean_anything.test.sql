begin;
select plan(14);

select is(
  test.error_of(format('select public.workflow_bulk(%L, %s)', 'stop', f.filter)) - 'hint',
  jsonb_build_object('code', 'PT422', 'details', 'bulk.filter_invalid', 'message', f.message),
  f.filter
)
from (values
  ('''{}''', 'Cannot choose runs: the filter is empty'),
  ('''{"limit": 5}''', 'Cannot choose runs: the filter is empty'),
  ('''[]''', 'Cannot choose runs: the filter is no object'),
  ('null', 'Cannot choose runs: the filter is no object'),
  ('''{"workflow": "w", "colour": "red"}''', 'Cannot choose runs: the filter''s key "colour" is not known'),
  ('''{"workflow_id": "w"}''', 'Cannot choose runs: invalid input syntax for type uuid: "w"'),
  ('''{"created_after": "soon"}''', 'Cannot choose runs: invalid input syntax for type timestamp with time zone: "soon"'),
  ('''{"workflow": "w", "limit": "many"}''', 'Cannot choose runs: the filter''s "limit" is "many", not a number'),
  ('''{"workflow": "w", "limit": -5}''', 'Cannot choose runs: the filter''s "limit" is -5, not 1 to 10000'),
  ('''{"status": "runing"}''', 'Cannot choose runs: the filter''s "status" is "runing", which no run has'),
  ('''{"workflow": ["w"]}''', 'Cannot choose runs: the filter''s "workflow" is ["w"], not a string')
) f (filter, message);
select is(
  test.error_of(format('select public.workflow_bulk(%L, %L)', 'stop', f.filter)) ->> 'details', 'bulk.filter_invalid', f.filter || ': null is no choice'
)
from unnest(array['{"workflow": null}', '{"workflow_id": null}', '{"status": null, "error": null}']) f (filter);

select * from finish();
rollback;
