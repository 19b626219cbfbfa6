begin;
select plan(3);

select test.create_workflow('w');
update public.workflow_action set payload = '{"text": "{{ $.event.text }}"}', condition = '$.event.n > 0';
update workflow_engine.settings set batch_bytes = 1000;
select test.start_run(jsonb_build_object('text', string_agg(md5(i::text), ''), 'n', n))
from generate_series(0, 3) n, generate_series(1, 100) i group by n order by n;

select is(jsonb_array_length(test.claim() -> 'claims'), 1, 'one that is larger than a batch still comes, after one that is skipped');
select is(jsonb_array_length(test.claim() -> 'claims'), 1, 'and one at a time');

update workflow_engine.settings set batch_bytes = 1000000;

select is(jsonb_array_length(test.claim() -> 'claims'), 1, 'none is lost');

select * from finish();
rollback;
