-- Embedded Signup, the first time or again. A signup is who shall come (back) and how far that is; an attempt is one opening of Meta's
-- dialog, so that two people who try at once never mix their halves. Codes and tokens are sealed in `secret`, never here.

create table signup (
  id text primary key,
  connection_id text not null references connection,
  expected_asset_id text references asset,  -- a repair: this WABA and no other; null: a WABA that is new to us
  asset_id text references asset,           -- the WABA that came, once it was matched
  link_id text references reshare_link,     -- the re-share link it was begun from
  flow text not null check (flow in ('platform', 'coexistence', 'hosted')),
  state text not null check (state in ('invited', 'opened', 'signed', 'proving', 'ready', 'abandoned')),
  steps jsonb not null default '{}',        -- what is done, waits or failed, by step
  offered jsonb,                            -- the WABA that was chosen in the place of the expected one
  external_id text,
  metadata jsonb not null default '{}',
  return_urls jsonb not null default '{}',
  language text,
  created_by text not null,
  created_at timestamptz not null,
  opened_at timestamptz,
  signed_at timestamptz,
  ready_at timestamptz,
  abandoned_at timestamptz,
  expires_at timestamptz not null,
  next_step_at timestamptz,                 -- null: waits for a person
  leased_until timestamptz,                -- a lease: one instance works on a signup at a time
  idempotency_key text,
  idempotency_hash bytea                    -- SHA-256 of the request that the key belongs to
);
create unique index signup_idempotency_key on signup (connection_id, idempotency_key) where idempotency_key is not null;
create index signup_due on signup (next_step_at) where next_step_at is not null;
create index signup_newest on signup (created_at desc, id desc);
create index signup_asset on signup (expected_asset_id, created_at desc) where expected_asset_id is not null;
-- Meta's cap counts clients that came in the last seven days.
create index signup_signed on signup (connection_id, signed_at) where signed_at is not null;

create table signup_attempt (
  id text primary key,
  signup_id text not null references signup,
  begun_at timestamptz not null,
  code_at timestamptz,                      -- when the login callback brought its code
  exchanged_at timestamptz,
  granted text[],                           -- the WABAs that the client's token reaches; null: all, or not yet asked
  message jsonb,                            -- the dialog's own message, its known fields
  message_at timestamptz,
  matched_at timestamptz,
  outcome text,                             -- how it ended: a way out, or finished
  words text,                               -- Meta's, or the name of what was chosen instead
  step text,                                -- the dialog's screen on which it was left
  ended_at timestamptz
);
create index signup_attempt_signup on signup_attempt (signup_id, begun_at desc);

-- The two-step verification PIN of a number: sealed in `secret` when we hold it; unknown when Meta refused the one we had.
alter table number add column pin_state text not null default 'none' check (pin_state in ('none', 'held', 'unknown'));
