-- A name that a query of the engine gives a row must never be taken for a column of the table.
begin;
select plan(2);

do $$
begin
  execute format(
    'create table public.test_letters (id integer primary key, %s)',
    (select string_agg(format('%I text', l), ', ') from unnest(array['a', 'c', 'e', 'k', 'n', 'o', 'p', 'r', 't', 'record', 'payload', 'old_record', 'key']) l)
  );
end;
$$;

select public.workflow_attach('public.test_letters');
select test.create_workflow('w', trigger => 'public.test_letters.update');
update public.workflow_action set payload = '{"r": "{{ $.record.r }}{{ $.record.t }}{{ $.record.k }}"}';

insert into public.test_letters (id, n, r) values (1, 'N', 'R');
update public.test_letters set o = 'O', t = 'T', record = '{}';

select is(test.claim() #> '{claims,0,values}', '["R", "T", null]', 'the current row is read whole');

delete from public.test_letters;

select results_eq(
  $$
    select
      payload #>> '{record,id}', payload #>> '{record,n}', payload #>> '{record,o}',
      payload #>> '{old_record,n}', payload #>> '{old_record,record}'
    from public.workflow_event order by name
  $$,
  $$
    values
      (null, null, null, 'N', '{}'),
      ('1', 'N', null, null, null),
      ('1', 'N', 'O', 'N', null)
  $$,
  'every change is captured whole'
);

select * from finish();
rollback;
