begin;
select plan(2);

select test.deploy('[
  {"name": "a", "action_type": "log"},
  {"name": "b", "action_type": "log"},
  {"name": "join", "action_type": "log", "depends_on": ["a", "b"]}
]');
create temporary table given on commit drop as select test.start_run() as run;
create temporary table claimed on commit drop as select test.claim() as answer;

select test.report(test.claim_of(answer, 'a'), '{"status": "completed"}') from claimed;
select is(test.claim() -> 'claims', '[]', 'one of two is not enough');

select test.report(test.claim_of(answer, 'b'), '{"status": "completed"}') from claimed;
select isnt(test.claim_of(test.claim(), 'join'), null, 'both are');

select * from finish();
rollback;
