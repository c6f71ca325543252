-- The way back, as a link that a client opens without signing in. The token is the id with its HMAC: derivable, so never stored.

create table reshare_link (
  id text primary key,
  connection_id text not null references connection,
  asset_id text not null references asset,
  created_at timestamptz not null,
  created_by text not null,               -- an actor, or "system" when the gate closed
  lost_at timestamptz,                    -- when the loss began that it leads back from; null: made while nothing was lost
  expires_at timestamptz not null,
  superseded_at timestamptz,              -- a newer link took its place
  revoked_at timestamptz,
  opened_at timestamptz,                  -- first, by a person
  used_at timestamptz,                    -- last repaired after somebody had opened it
  intended_at timestamptz,                -- the client says: this was intended; nobody chases any more
  language text                           -- of whoever opened it last
);
-- A WABA has one link at a time.
create unique index reshare_link_current on reshare_link (asset_id) where superseded_at is null;
create index reshare_link_asset on reshare_link (asset_id, created_at desc);

-- What was done with a link. No address and no device: who holds the link is nobody's business.
create table reshare_visit (
  id bigint generated always as identity primary key,
  link_id text not null references reshare_link,
  at timestamptz not null,
  kind text not null check (kind in ('opened', 'checked', 'intended', 'resumed', 'asked_fresh')),
  language text not null
);
create index reshare_visit_link on reshare_visit (link_id, kind, at desc);
