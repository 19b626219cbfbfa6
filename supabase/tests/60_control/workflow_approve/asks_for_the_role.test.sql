begin;
select plan(11);

select test.start_wait('{"kind": "approval", "message": "Well?", "role": "finance", "tokens": []}', organization_id => 'a');
create temporary table asked on commit drop as select id from public.workflow_approval;
grant select on asked to authenticated;

create function pg_temp.outcome(claims jsonb)
returns text
language plpgsql
as $$
begin
  perform test.act_as('authenticated', jsonb '{"organization_id": "a", "email": "ada@example.com"}' || outcome.claims);
  perform public.workflow_approve(id) from asked;
  raise exception using errcode = 'P0001', message = 'approved';
exception
  when sqlstate 'PT403' or raise_exception then
    return sqlerrm;
end;
$$;

select is(pg_temp.outcome(c.claims), 'approved', c.claims::text)
from unnest(array[
  '{"user_role": "finance"}', '{"app_metadata": {"role": "finance"}}', '{"app_metadata": {"roles": ["sales", "finance"]}}'
]::jsonb[]) c (claims);
select is(
  pg_temp.outcome(c.claims), format('Cannot decide approval %s: that takes the role "finance"', id), c.claims::text
)
from asked, unnest(array[
  '{}', '{"user_role": "sales"}', '{"user_metadata": {"role": "finance"}}', '{"app_metadata": {"role": "sales", "roles": []}}',
  '{"app_metadata": {"roles": "finance"}}', '{"app_metadata": {"roles": {"finance": true}}}', '{"app_metadata": "finance"}', '{"user_role": null}'
]::jsonb[]) c (claims);

select * from finish();
rollback;
