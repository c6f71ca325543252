-- Looks that are due by the rules (a hint, a repair, a refused send, a check) must not queue behind overdue sweeps.
alter table share add column urgent_probe_at timestamptz;
create index share_urgent on share (urgent_probe_at) where urgent_probe_at is not null;
update share set urgent_probe_at = to_timestamp((record #>> '{dueProbes,0}')::double precision / 1000)
  where record #>> '{dueProbes,0}' is not null and next_probe_at is not null;

-- The WABA whose full control was proven last (the control of a failed write), and witnesses of an incident.
create index share_proven on share (connection_id, last_proven_at) where status = 'live';

-- What we have asked of Meta's hourly limits, per app and WABA. Only what is worth telling other instances is here: a WABA that is
-- probed at now and then never gets a row.
create table probe_budget (
  app_id text not null,
  waba_id text not null,                  -- '' is the app itself
  hourly integer not null,                -- calls an hour that Meta allows for it, as far as we know; 0: not known
  spent double precision not null,        -- calls that have not flowed off yet, as of `at`
  at timestamptz not null,
  percent smallint,                       -- what Meta's usage header last said, of the limit
  percent_at timestamptz,
  strikes smallint not null default 0,    -- refusals for too many calls in a row
  closed_until timestamptz,               -- Meta said: too many calls
  primary key (app_id, waba_id)
);

-- Many WABAs of a connection in trouble at once are one incident, about Meta or about us.
create table incident (
  id text primary key,
  connection_id text not null references connection,
  about text not null check (about in ('meta', 'us')),
  reason text not null,
  opened_at timestamptz not null,
  probed integer not null,                -- WABAs probed at in the window when it opened, and of these in trouble
  troubled integer not null,
  most_troubled integer not null,
  confirmed integer not null default 0,   -- of these, true losses: a complete listing lacks them
  ended_at timestamptz,
  ended_why text
);
-- One at a time, however many instances find it.
create unique index incident_open on incident (connection_id) where ended_at is null;
create index incident_newest on incident (opened_at desc, id);

-- What each instance has seen of the fleet in the last window: trouble is judged over all of them.
create table probe_window (
  connection_id text not null references connection,
  instance_id text not null,
  at timestamptz not null,
  probed integer not null,
  good integer not null,
  troubled integer not null,
  ours integer not null,
  primary key (connection_id, instance_id)
);

-- Our own ears at Meta: whether its webhooks can reach us, and whether our token lives, as last checked.
create table webhook_check (
  connection_id text not null references connection,
  check_name text not null,
  outcome text not null,                  -- a word of src/sharing/ears.ts
  detail jsonb not null default '{}',
  at timestamptz not null,                -- when Meta was asked
  repaired_at timestamptz,                  -- when we last mended it
  primary key (connection_id, check_name)
);
