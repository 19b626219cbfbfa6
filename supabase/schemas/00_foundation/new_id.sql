-- UUIDv7 (RFC 9562, section 5.7): 48 bits of Unix milliseconds, then random bits, so that ids sort
-- by time. A random UUIDv4 lends its variant and its randomness; bits 52 and 53 turn version 4 into 7.
-- No `set` clause: it would prevent inlining, and the SQL-standard body binds its names already.
create or replace function workflow_engine.new_id()
returns uuid
language sql
volatile
return encode(
  set_bit(
    set_bit(
      overlay(
        uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
        from 1 for 6
      ),
      52, 1
    ),
    53, 1
  ),
  'hex'
)::uuid;

comment on function workflow_engine.new_id() is
  'A new UUIDv7 (RFC 9562): ids that sort by the time of their creation.';
