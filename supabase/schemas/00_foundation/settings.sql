-- What an operator may tune, one row. Read it with `select * from workflow_engine.settings`.
create table workflow_engine.settings (
  id boolean not null default true,
  lease_grace interval not null default '30 seconds',
  events_per_batch integer not null default 1000,
  batch_bytes integer not null default 4194304,
  output_bytes integer not null default 262144,
  fan_out_output_bytes integer not null default 16777216,
  costly_expression_bytes integer not null default 16384,
  waiting_timeout interval not null default '7 days',
  actions_per_worker integer not null default 500,
  max_workers integer not null default 4,
  max_depth integer not null default 10,
  max_runs_per_record integer not null default 60,
  look_back interval not null default '30 days',
  allowed_hosts text[] not null default '{}',
  constraint settings_pkey primary key (id),
  constraint settings_has_one_row check (id),
  constraint lease_grace_is_positive check (lease_grace > interval '0'),
  constraint events_per_batch_is_positive check (events_per_batch > 0),
  constraint batch_bytes_is_positive check (batch_bytes > 0),
  constraint output_bytes_is_positive check (output_bytes > 0),
  constraint fan_out_output_bytes_is_at_most_32_mb check (fan_out_output_bytes between 1 and 33554432),
  constraint costly_expression_bytes_is_positive check (costly_expression_bytes > 0),
  constraint waiting_timeout_is_positive check (waiting_timeout > interval '0'),
  constraint actions_per_worker_is_positive check (actions_per_worker > 0),
  constraint max_workers_is_positive check (max_workers > 0),
  constraint max_depth_is_not_negative check (max_depth >= 0),
  constraint max_runs_per_record_is_positive check (max_runs_per_record > 0),
  constraint look_back_is_positive check (look_back > interval '0')
);

insert into workflow_engine.settings default values;

comment on table workflow_engine.settings is 'What an operator may tune: exactly one row.';
comment on column workflow_engine.settings.lease_grace is
  'How long a lease outlives the attempt it covers.';
comment on column workflow_engine.settings.events_per_batch is
  'How many events one call matches with definitions.';
comment on column workflow_engine.settings.batch_bytes is
  'The size in bytes at which a batch of claims ends.';
comment on column workflow_engine.settings.output_bytes is
  'The largest output in bytes of JSON that an action may report.';
comment on column workflow_engine.settings.fan_out_output_bytes is
  'The largest output in bytes of JSON that the items of a fan-out may make together.';
comment on column workflow_engine.settings.costly_expression_bytes is
  'The largest data in bytes that an expression with two wildcards may look at.';
comment on column workflow_engine.settings.waiting_timeout is
  'How long an action waits for its answer when it names no timeout.';
comment on column workflow_engine.settings.actions_per_worker is
  'How many due actions justify one more worker when the tick rings.';
comment on column workflow_engine.settings.max_workers is
  'How many workers one tick wakes at most.';
comment on column workflow_engine.settings.max_depth is
  'How many runs may stand above one that an action starts.';
comment on column workflow_engine.settings.max_runs_per_record is
  'How many runs of a workflow one record may begin in a minute; more of them wait a minute.';
comment on column workflow_engine.settings.look_back is
  'How long an event is kept for those that may wait for it later.';
comment on column workflow_engine.settings.allowed_hosts is
  'Hosts (host or host:port) that actions may call although they are private or speak plain http.';
