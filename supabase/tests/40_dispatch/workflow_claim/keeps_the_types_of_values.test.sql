begin;
select plan(1);

select test.create_workflow('w');
update public.workflow_action set payload = '{
  "n": "{{ $.event.n }}", "f": "{{ $.event.f }}", "s": "{{ $.event.s }}", "o": "{{ $.event.o }}",
  "x": "{{ $.event.x }}", "all": "{{ $.event.list[*].id }}", "none": "{{ $.event.nothing[*] }}"
}';
select test.start_run('{"n": 0, "f": false, "s": "", "o": {"a": [1]}, "x": null, "list": [{"id": 1}, {"id": 2}]}');

create temporary table given on commit drop as select test.claim() as answer;

select is(
  (
    select jsonb_object_agg(f.key, answer #> array['claims', '0', 'values', f.value #>> '{$template,0}'])
    from given, jsonb_path_query(answer, '$.actions.*.template.payload') p, jsonb_each(p) f
  ),
  '{"n": 0, "f": false, "s": "", "o": {"a": [1]}, "x": null, "all": [1, 2], "none": []}',
  'each value is what the path found; a wildcard gives an array'
);

select * from finish();
rollback;
