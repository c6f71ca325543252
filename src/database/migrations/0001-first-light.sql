-- Ids: ours are stable and prefixed (cli_, ast_, num_, key_, usr_); Meta's are dated attributes of ours (table meta_id).
-- Instants always come in as parameters from the clock, never from SQL's now().

create table data_key (
  id text primary key,
  wrapped bytea not null,                 -- a random AES-256 key, wrapped with ENCRYPTION_KEY
  created_at timestamptz not null
);

create table connection (
  id text primary key,
  business_id text not null,              -- our portfolio at Meta
  app_id text not null,
  system_user_id text not null,
  graph_version text not null,
  brand jsonb not null default '{}',
  public_url text,
  mode text not null check (mode in ('enforce', 'observe')),
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table secret (
  connection_id text not null references connection,
  owner_id text not null,                 -- the connection itself, or the asset whose client gave the token
  name text not null,                     -- business_token, registration_pin, …
  data_key_id text not null references data_key,
  sealed bytea not null,
  updated_at timestamptz not null,
  primary key (connection_id, owner_id, name)
);

-- Who is who -----------------------------------------------------------------------------------------------------------------

create table client (
  id text primary key,
  connection_id text not null references connection,
  name text not null,
  external_id text,                       -- the provider's own id of this client
  tags text[] not null default '{}',
  contacts jsonb not null default '[]',
  language text,
  mode text check (mode in ('enforce', 'observe')),
  created_at timestamptz not null
);
create unique index client_external_id on client (connection_id, external_id) where external_id is not null;

create table asset (
  id text primary key,
  connection_id text not null references connection,
  type text not null default 'waba',      -- Meta is splitting the WABA in two; the second type comes as a row, not as a rebuild
  client_id text not null references client,
  name text not null,
  partner_model text not null default 'portfolio_share'
    check (partner_model in ('portfolio_share', 'app_grant', 'multi_partner_solution', 'owned')),
  mode text check (mode in ('enforce', 'observe')),
  created_at timestamptz not null
);
create index asset_client on asset (client_id);

create table number (
  id text primary key,
  connection_id text not null references connection,
  asset_id text not null references asset,
  display_phone_number text,
  verified_name text,
  profile jsonb not null default '{}',    -- what the last look at Meta said of the number, for people to read
  created_at timestamptz not null
);
create index number_asset on number (asset_id);

create table meta_id (
  connection_id text not null references connection,
  type text not null check (type in ('business', 'waba', 'phone_number')),
  meta_id text not null,
  owner_id text not null,                 -- client, asset or number
  valid_from timestamptz not null,
  valid_until timestamptz,
  primary key (connection_id, type, meta_id, valid_from)
);
create unique index meta_id_current on meta_id (connection_id, type, meta_id) where valid_until is null;
create index meta_id_owner on meta_id (owner_id) where valid_until is null;

-- The heart ------------------------------------------------------------------------------------------------------------------

-- One row a WABA: what is known (facts per WABA and number, hints, due looks) as one document, and beside it what follows from it,
-- as columns, so that lists can be filtered. Everything beside `record` is derived; `record` alone decides.
create table share (
  asset_id text primary key references asset,
  connection_id text not null references connection,
  record jsonb not null,
  version bigint not null default 0,
  kind text not null,
  status text not null,
  severity smallint not null,             -- 0 is worst: the order of the list
  reason text,
  who_must_act text not null,
  since timestamptz not null,
  last_proven_at timestamptz,
  next_probe_at timestamptz,               -- null: never look by ourselves (ended on purpose)
  probing_until timestamptz               -- a lease: one instance looks at a time
);
create index share_due on share (next_probe_at) where next_probe_at is not null;
create index share_attention on share (severity, since desc, asset_id);
create index share_status on share (status);

-- Every change of what is derived, once, in commit order: `seq` is given under one advisory lock, so a reader's cursor never
-- steps over a slower commit. No personal data: ids and conditions only.
create table journal (
  seq bigint primary key,
  connection_id text not null,
  asset_id text not null references asset,
  number_id text,
  type text not null,
  at timestamptz not null,
  sequence bigint not null,               -- counts per WABA
  actor text not null,
  request_id text,
  data jsonb not null
);
create index journal_asset on journal (asset_id, seq desc);
create sequence journal_seq;

-- What was seen and done, never overwritten: hints, looks that mattered, acts.
create table observation (
  id bigint generated always as identity primary key,
  connection_id text not null,
  asset_id text not null references asset,
  at timestamptz not null,
  kind text not null check (kind in ('hint', 'probe', 'command')),
  source text not null,
  title text not null,
  detail text,
  actor text not null,
  request_id text,
  evidence jsonb
);
create index observation_asset on observation (asset_id, at desc, id desc);

-- What Meta sent ---------------------------------------------------------------------------------------------------------------

create table inbox (
  id bigint generated always as identity,
  connection_id text not null,
  received_at timestamptz not null,
  data_key_id text not null,
  sealed bytea not null,                  -- the exact signed bytes
  processed_at timestamptz,
  outcome text,                           -- understood | not_understood | failed
  fields text[],                          -- which webhook fields it held; how long it is kept depends on them
  attempts smallint not null default 0,
  primary key (received_at, id)
) partition by range (received_at);
create table inbox_default partition of inbox default;
create index inbox_waiting on inbox (id) where processed_at is null;

-- Who may ----------------------------------------------------------------------------------------------------------------------

create table api_key (
  id text primary key,
  connection_id text references connection,
  name text not null,
  role text not null check (role in ('viewer', 'operator', 'admin')),
  hash bytea not null unique,
  created_at timestamptz not null,
  revoked_at timestamptz
);

create table session (
  hash bytea primary key,
  actor text not null,
  name text not null,
  role text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);

create table audit (
  id bigint generated always as identity primary key,
  at timestamptz not null,
  connection_id text,
  actor text not null,
  request_id text,
  action text not null,
  target text,
  detail jsonb not null default '{}'
);
create index audit_target on audit (target, id desc);

create table channel_key (
  id text primary key,
  connection_id text not null references connection,
  number_id text not null references number,
  hash bytea not null unique,             -- SHA-256 of 256 random bits
  label text not null,
  hint text not null,                     -- the last four characters
  created_at timestamptz not null,
  revoked_at timestamptz
);
create index channel_key_number on channel_key (number_id);
