begin;
select plan(6);

select throws_ok(
  $$select public.workflow_claim('w', 0)$$,
  'PT400',
  'Cannot claim 0 actions within 0 ms: out of range',
  'no action'
);

select throws_ok($$select public.workflow_claim('w', 5001)$$, 'PT400', null, 'more than 5000');
select throws_ok($$select public.workflow_claim('w', 1, 5001)$$, 'PT400', null, 'a wait of more than five seconds');
select throws_ok($$select public.workflow_claim('w', 1, -1)$$, 'PT400', null, 'a wait of less than nothing');
select throws_ok($$select public.workflow_claim('w', null)$$, 'PT400', null, 'no number at all');
select lives_ok($$select public.workflow_claim('w', 5000, 0)$$, 'what is in range is taken');

select * from finish();
rollback;
