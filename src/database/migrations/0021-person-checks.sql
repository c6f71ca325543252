-- When people and programs last asked to check a WABA: at most a minute of instants for each, counted over all instances.

create table person_check (
  asset_id text primary key references asset,
  asked_at timestamptz[] not null
);
