begin;
select plan(1);

create temporary table given on commit drop as
select test.start_wait('{"kind": "event", "event": "go"}') as run;
select public.workflow_pause(run, reason => 'Hm', actor => 'Ada') from given;
select public.workflow_resume(run, reason => 'Well', actor => 'Ada') from given;
select public.workflow_signal(run, 'go', actor => 'Bob') from given;
select public.workflow_stop(run, reason => 'No', actor => 'Ada') from given;
select public.workflow_retry(run, 'Yes', 'Ada') from given;
select public.workflow_stop(run, reason => 'No', actor => 'Ada') from given;
select public.workflow_replay(run, reason => 'Again', actor => 'Ada') from given;

select results_eq(
  $$
    select e ->> 'kind', e ->> 'actor', e ->> 'reason'
    from given, jsonb_array_elements(public.workflow_timeline(run) -> 'entries') with ordinality t (e, n)
    where e ? 'actor'
    order by n
  $$,
  $$values
    ('paused', 'Ada', 'Hm'), ('resumed', 'Ada', 'Well'), ('signaled', 'Bob', null), ('stopped', 'Ada', 'No'), ('retried', 'Ada', 'Yes'),
    ('stopped', 'Ada', 'No'), ('replayed', 'Ada', 'Again')$$,
  'who, and why, in order'
);

select * from finish();
rollback;
