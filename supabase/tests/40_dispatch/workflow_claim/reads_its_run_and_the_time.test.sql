begin;
select plan(3);

select test.create_workflow('w');
update public.workflow_action set payload = '{"run": "{{ $.run.id }}", "event": "{{ $.run.event }}", "now": "{{ $.now }}"}';
create temporary table given on commit drop as select test.start_run() as run;
select test.travel('1 day');

create temporary table claimed on commit drop as
select v.value #>> '{}' as value from jsonb_array_elements(test.claim() #> '{claims,0,values}') v;

select ok(exists (select from claimed, given where value = run::text), 'the id of its run');
select ok(exists (select from claimed where value = 'test.happened'), 'the name of its event');

select ok(
  exists (
    select from claimed
    where value ~ '^\d{4}-' and abs(extract(epoch from value::timestamptz - workflow_engine.clock())) < 5
  ),
  'the engine''s time'
);

select * from finish();
rollback;
