-- Imports in bulk: one walk through Meta's list of shared WABAs, kept with how far it is, so that it goes on after a restart.
create table waba_import (
  id text primary key,
  connection_id text not null references connection,
  dry_run boolean not null,
  mode text check (mode in ('enforce', 'observe')), -- of each WABA that it takes in; null: as the client and the connection say
  state text not null check (state in ('open', 'running', 'done', 'failed')),
  row_count integer,                                -- rows that were given; null: none, everything that Meta lists is taken in
  after text,                                       -- Meta's cursor behind the last page that was taken in
  totals jsonb not null default '{}',
  failure text,                                     -- what Meta last answered instead of its list
  silent_count smallint not null default 0,
  created_by text not null,
  request_id text,
  created_at timestamptz not null,
  ended_at timestamptz,
  next_step_at timestamptz,                         -- null: nothing to do by itself
  leased_until timestamptz                         -- a lease: one instance walks at a time
);
create index waba_import_due on waba_import (next_step_at) where next_step_at is not null;

-- The rows that were given, each with what became of it; without given rows the first ones that Meta listed.
create table waba_import_row (
  import_id text not null references waba_import,
  n integer not null,                               -- its place among the given ones, from 1
  waba_id text not null,
  external_id text,
  client_name text,
  name text,
  client text,
  result text check (result in ('imported', 'adopted', 'known', 'lost', 'invalid')),
  why text,
  primary key (import_id, n)
);
create index waba_import_row_waba on waba_import_row (import_id, waba_id);

-- Which import took a WABA in: a page that is taken in again after a kill is counted as what it was.
alter table asset add column import_id text references waba_import;
