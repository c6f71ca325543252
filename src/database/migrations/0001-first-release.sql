-- Ids: ours are stable and carry a prefix (cli_, ast_, num_, key_, usr_). Meta's ids are dated attributes of
-- ours, in the table meta_id. Instants are parameters from the clock of the process, never SQL's now().

-- Names are searched in lower case, without accents, and with plain letters in place of letters such as ß.
-- `foldText` in src/reports/search-terms.ts applies the same rule to what a person types; a test compares the
-- two. Only a database in UTF-8 can take letters apart. Other databases find names as they are written.
do $$
begin
  if current_setting('server_encoding') = 'UTF8' then
    create function folded(name text) returns text language sql immutable parallel safe as $fold$
      select replace(replace(replace(replace(translate(
        lower(regexp_replace(normalize(name, NFKD),
          '[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]', '', 'g')),
        'øłđðħıς’‘`‐‑–—', 'olddhiσ''''''----'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th') $fold$;
  else
    create function folded(name text) returns text language sql immutable parallel safe as $fold$
      select lower(name) $fold$;
  end if;
end
$$;

-- Connection and secrets ------------------------------------------------------------------------------------

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
  mode text not null check (mode in ('enforce', 'observe'))
);

create table secret (
  connection_id text not null references connection,
  owner_id text not null,                 -- the connection itself, or the asset whose client gave the token
  name text not null,                     -- business_token, registration_pin, …
  data_key_id text not null references data_key,
  sealed bytea not null,
  primary key (connection_id, owner_id, name)
);

-- Webhook health: whether Meta's webhooks can reach us and whether our token is valid, as last checked.
create table webhook_check (
  connection_id text not null references connection,
  check_name text not null,
  outcome text not null,                  -- an outcome of src/connection/webhook-check.ts
  detail jsonb not null default '{}',
  at timestamptz not null,                -- when Meta was asked
  since timestamptz not null,             -- when the outcome became what it is
  repaired_at timestamptz,                -- when we last repaired it
  primary key (connection_id, check_name)
);

-- Imports in bulk -------------------------------------------------------------------------------------------

-- One reading of Meta's list of shared WABAs, saved page by page, so that it continues after a restart.
create table waba_import (
  id text primary key,
  connection_id text not null references connection,
  dry_run boolean not null,
  -- The mode of each imported WABA. Null: the mode of its client or connection.
  mode text check (mode in ('enforce', 'observe')),
  state text not null check (state in ('open', 'running', 'done', 'failed')),
  row_count integer,                      -- rows that were given; null: none, import all that Meta lists
  after text,                             -- Meta's cursor behind the last imported page
  totals jsonb not null default '{}',
  failure text,                           -- Meta's last answer in place of its list
  failure_count smallint not null default 0, -- requests in a row that Meta did not answer with its list
  created_by text not null,
  request_id text,
  created_at timestamptz not null,
  ended_at timestamptz,
  next_step_at timestamptz,               -- null: nothing is to be done
  leased_until timestamptz                -- a lease: one instance works on an import at a time
);
create index waba_import_due on waba_import (next_step_at) where next_step_at is not null;

-- The given rows with their results. Without given rows: the first WABAs that Meta listed.
create table waba_import_row (
  import_id text not null references waba_import,
  n integer not null,                     -- the number of the row, from 1
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

-- Clients, WABAs and numbers --------------------------------------------------------------------------------

create table client (
  id text primary key,
  connection_id text not null references connection,
  name text not null,
  name_folded text generated always as (folded(name)) stored,
  name_given boolean not null default false, -- the provider gave the name: Meta's name does not replace it
  external_id text,                       -- the provider's own id of this client
  language text,
  mode text check (mode in ('enforce', 'observe')),
  tags text[] not null default '{}',
  contacts jsonb not null default '[]',   -- [{"name", "email", "phone", "language"}]
  owner_id text,                          -- the person who looks after this client
  version integer not null default 1      -- for ETag: raised by each change over the API
);
create unique index client_external_id on client (connection_id, external_id) where external_id is not null;
-- Search by the first characters of an external id.
create index client_external_begins on client (lower(external_id) text_pattern_ops)
  where external_id is not null;

create table asset (
  id text primary key,
  connection_id text not null references connection,
  client_id text not null references client,
  name text not null,
  name_folded text generated always as (folded(name)) stored,
  partner_model text not null default 'portfolio_share'
    check (partner_model in ('portfolio_share', 'app_grant', 'multi_partner_solution', 'owned')),
  mode text check (mode in ('enforce', 'observe')),
  -- Whose token sends the messages of this WABA.
  sends_with text not null default 'system_user' check (sends_with in ('system_user', 'client')),
  tags text[] not null default '{}',
  -- The case of a broken WABA: the person who is on it, and until when it stays out of the list of work.
  owner_id text,
  snoozed_until timestamptz,
  case_version integer not null default 1, -- for ETag: raised by each change of the columns above
  -- The import that created it. A page that is imported again after a crash is counted as before.
  import_id text references waba_import,
  created_at timestamptz not null
);
create index asset_client on asset (client_id);
create index asset_owner on asset (owner_id) where owner_id is not null;
create index asset_tags on asset using gin (tags) where tags <> '{}';
create index asset_snoozed on asset (snoozed_until) where snoozed_until is not null;
create index asset_by_name on asset (lower(name), id);
create index asset_sends_with_client on asset (id) where sends_with = 'client';
-- The WABAs of our own portfolio, which the reconciliation of owned WABAs compares.
create index asset_owned on asset (id) where partner_model = 'owned';

create table number (
  id text primary key,
  connection_id text not null references connection,
  asset_id text not null references asset,
  display_phone_number text,
  verified_name text,
  verified_name_folded text generated always as (folded(verified_name)) stored,
  profile jsonb not null default '{}',    -- Meta's profile of the number as last probed, for people to read
  -- The two-step verification PIN. held: sealed in `secret`; unknown: Meta refused the one that we had.
  pin_state text not null default 'none' check (pin_state in ('none', 'held', 'unknown'))
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
-- Search by the first digits of an id.
create index meta_id_begins on meta_id (meta_id text_pattern_ops);

-- Every registration of a number that was asked of Meta: Meta takes ten in 72 hours.
create table registration_try (
  id bigint generated always as identity primary key,
  number_id text not null references number,
  at timestamptz not null,
  code integer                            -- Meta's error code; null: registered, or no answer
);
create index registration_try_number on registration_try (number_id, at);

-- When somebody last opened the WhatsApp Business app of a coexistence number. A number leaves the platform
-- when nobody opens its app for about 14 days. Meta does not report openings, so confirmations are kept.
create table app_activity (
  number_id text primary key references number,
  connection_id text not null references connection,
  asset_id text not null references asset,
  -- The newest confirmation. Before the first one: when we learned that the number is used in the app.
  counted_from timestamptz not null,
  confirmed_at timestamptz,
  confirmed_by text check (confirmed_by in ('link', 'api', 'echo', 'signup')),
  -- The last state that the journal announced.
  announced text not null check (announced in ('fresh', 'due_soon', 'overdue'))
);
create index app_activity_asset on app_activity (asset_id, counted_from);
create index app_activity_age on app_activity (counted_from, asset_id);
create index app_activity_unannounced on app_activity (announced, counted_from) where announced <> 'overdue';
create index app_activity_reminded on app_activity (counted_from) where announced <> 'fresh';

-- Shares ----------------------------------------------------------------------------------------------------

-- One row for each WABA. `record` holds what is known of it: facts of the WABA and its numbers, hints, due
-- probes. Only `record` decides. The other columns are derived from it, so that lists can be filtered.
create table share (
  asset_id text primary key references asset,
  connection_id text not null references connection,
  record jsonb not null,
  version bigint not null default 0,
  kind text not null,
  status text not null,
  severity smallint not null,             -- the order of lists; 0 is worst
  reason text,
  who_must_act text not null,
  -- What the client said on its page; it changes who must act.
  client_signal text check (client_signal in ('opened', 'asked_fresh', 'app_works_again', 'intended')),
  since timestamptz not null,
  last_proven_at timestamptz,
  next_probe_at timestamptz,              -- null: no scheduled probes (ended on purpose)
  -- A probe that a hint, a repair, a refused message or a check needs; it does not wait behind late sweeps.
  urgent_probe_at timestamptz,
  probing_until timestamptz               -- a lease: one instance probes a WABA at a time
);
create index share_due on share (next_probe_at) where next_probe_at is not null;
create index share_urgent on share (urgent_probe_at) where urgent_probe_at is not null;
create index share_attention on share (severity, since desc, asset_id);
create index share_client_signal on share (client_signal) where client_signal is not null;
create index share_coexistence on share (asset_id) where kind = 'coexistence';
-- The list by last proof.
create index share_by_proof on share (coalesce(last_proven_at, to_timestamp(0)), asset_id);
-- The oldest proof among the WABAs of one status, for the figures.
create index share_status_proven on share (status, last_proven_at);
-- The WABA that was proven last: the control of a failed write, and the witnesses of an incident.
create index share_proven on share (connection_id, last_proven_at) where status = 'live';
-- Live WABAs whose webhooks do not reach us: none in a healthy fleet.
create index share_unsubscribed on share (connection_id, asset_id)
  where status = 'live' and record #>> '{facts,WebhookSubscribed,status}' = 'False';

-- Every change of the derived columns, once, in the order of the commits. `seq` is taken under an advisory
-- lock, so that a reader's cursor cannot pass a slower commit. No personal data: ids and conditions only.
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
-- Decisions in observe mode, by time, for the report of that mode.
create index journal_observed on journal (at, seq) where data->>'mode' = 'observe';
create sequence journal_seq;

-- Hints, probes that changed something, and commands. Rows are never changed. `seq` is taken from the
-- journal's sequence: the timeline merges both tables in the order of recording, also after a clock was set
-- back.
create table observation (
  id bigint generated always as identity primary key,
  connection_id text not null,
  asset_id text not null references asset,
  seq bigint not null default nextval('journal_seq'),
  at timestamptz not null,
  kind text not null check (kind in ('hint', 'probe', 'command')),
  source text not null,
  title text not null,
  detail text,
  actor text not null,
  request_id text,
  evidence jsonb
);
-- The newest notes that mention a person: `evidence -> 'mentions'` holds them.
create index observation_note on observation using gin ((evidence -> 'mentions') jsonb_path_ops)
  where title = 'case.note';
create index observation_asset on observation (asset_id, at desc, id desc);
create index observation_order on observation (asset_id, seq desc, id desc);
-- The newest repairs of all WABAs: a small part of the table.
create index observation_repair on observation (at desc, id desc)
  where title in ('subscription.repaired', 'subscription.repair_failed',
    'subscription.override_restored', 'subscription.override_lost');

-- When people and programs last asked to check a WABA, over all instances: the instants of about one minute.
create table person_check (
  asset_id text primary key references asset,
  asked_at timestamptz[] not null
);

-- Messages that were sent in observe mode while enforce mode would have refused them, by WABA and closing.
create table observed_message (
  asset_id text not null references asset,
  closed_at timestamptz not null,         -- when enforce mode would have closed the gate
  accepted bigint not null default 0,     -- Meta took them: enforce mode would have lost them
  refused bigint not null default 0,      -- Meta refused them too
  primary key (asset_id, closed_at)
);

-- Episodes: how long each loss took. A row is written in the transaction that closes the gate of a WABA, and
-- completed in the transaction that ends the loss. src/sharing/episodes/episode.ts computes the durations.
create table episode (
  id bigint generated always as identity primary key,
  connection_id text not null references connection,
  asset_id text not null references asset,
  condition text not null,                -- the condition that was lost: Shared, FullControl, …
  reason text not null,
  how text not null check (how in ('announced', 'probed')),
  lost_at timestamptz,                    -- announced: Meta's second; null: none, or an impossible one
  announced_at timestamptz,               -- announced: first receipt of the notice
  lost_after timestamptz,                 -- probed: the last proof before the loss; null: it was never proven
  closed_at timestamptz not null,
  detection_ms bigint,                    -- announced: from lost_at; probed: from lost_after, an upper bound
  receipt_ms bigint,                      -- announced: from announced_at, our part of detection_ms
  ended_at timestamptz,
  outcome text check (outcome in ('reopened', 'refuted', 'set_aside')),
  resume_how text check (resume_how in ('announced', 'probed')),
  -- announced: from the first sign of the repair; probed: from the last probe that found the loss, an upper
  -- bound
  resume_ms bigint,
  check ((ended_at is null) = (outcome is null))
);
-- A WABA has one open loss at a time, over all instances.
create unique index episode_open on episode (asset_id) where ended_at is null;
-- The figures of a span of time read these two indexes alone.
create index episode_closed on episode (closed_at) include (how, detection_ms, receipt_ms);
create index episode_ended on episode (ended_at) include (outcome, resume_how, resume_ms)
  where ended_at is not null;

-- The sums of all episodes before an instant, one row a day, so that /metrics does not count every loss after
-- each start (src/reports/create-episode-totals.ts). Missing rows are counted again from `episode`.
create table episode_total (
  until timestamptz primary key,
  totals jsonb not null
);

-- Meta's rate limits and incidents --------------------------------------------------------------------------

-- Our use of Meta's hourly limits, per app and WABA. A row exists only where other instances need it: a WABA
-- that is probed now and then has none.
create table probe_budget (
  app_id text not null,
  waba_id text not null,                  -- '' is the app itself
  hourly integer not null,                -- calls an hour that Meta allows; 0: not known
  spent double precision not null,        -- calls that still count against the limit, as of `at`
  at timestamptz not null,
  percent smallint,                       -- percent of the limit, from Meta's last usage header
  percent_at timestamptz,
  strikes smallint not null default 0,    -- refusals in a row for too many calls
  closed_until timestamptz,               -- Meta refused for too many calls: no probe before this instant
  primary key (app_id, waba_id)
);

-- Many WABAs of a connection in trouble at once are one incident, of Meta or of the provider.
create table incident (
  id text primary key,
  connection_id text not null references connection,
  about text not null check (about in ('meta', 'provider')),
  reason text not null,
  opened_at timestamptz not null,
  probed integer not null,                -- WABAs probed in the window when it opened
  troubled integer not null,              -- of these, in trouble
  most_troubled integer not null,
  confirmed integer not null default 0,   -- of these, true losses: a complete listing lacks them
  ended_at timestamptz,
  ended_why text
);
-- A connection has one open incident at a time, over all instances.
create unique index incident_open on incident (connection_id) where ended_at is null;
create index incident_newest on incident (opened_at desc, id);

-- What each instance observed of the fleet in the last window: trouble is judged over all instances.
create table probe_window (
  connection_id text not null references connection,
  instance_id text not null,
  at timestamptz not null,
  probed integer not null,
  good integer not null,
  troubled integer not null,
  ours integer not null,                  -- of the troubled: the fault is the provider's
  primary key (connection_id, instance_id)
);

-- Webhooks --------------------------------------------------------------------------------------------------

create table inbox (
  id bigint generated always as identity,
  connection_id text not null,
  received_at timestamptz not null,
  data_key_id text not null,
  sealed bytea not null,                  -- the exact signed bytes
  processed_at timestamptz,
  outcome text,                           -- understood | not_understood | failed
  fields text[],                          -- the webhook fields that it held
  attempts smallint not null default 0,
  primary key (received_at, id)
) partition by range (received_at);
create table inbox_default partition of inbox default;
create index inbox_waiting on inbox (id) where processed_at is null;

-- Access ----------------------------------------------------------------------------------------------------

-- People who sign in. A session rests on its person: it ends with the state, and takes the role of this row.
create table person (
  id text primary key,                    -- usr_…
  email text not null,
  name text not null,
  role text not null check (role in ('client', 'viewer', 'support', 'operator', 'admin')),
  client_id text references client,       -- the role client only: whose WABAs this person sees
  state text not null check (state in ('invited', 'active', 'suspended')),
  password_hash text,                     -- argon2id in PHC form; null: signs in by another way
  -- Raised when the password or the second factor changes: sessions that were opened before are over.
  credential_version integer not null default 1,
  totp_data_key_id text references data_key,
  totp_sealed bytea,                      -- the secret of the authenticator app
  totp_confirmed_at timestamptz,          -- null: not in force yet
  totp_step bigint,                       -- the last time step that was used: a code counts once
  recovery_code_hashes bytea[] not null default '{}',
  oidc_issuer text,
  oidc_subject text,
  created_at timestamptz not null,
  last_seen_at timestamptz,
  check ((role = 'client') = (client_id is not null))
);
create unique index person_email on person (lower(email));
create unique index person_oidc on person (oidc_issuer, oidc_subject) where oidc_subject is not null;

create table passkey (
  id text primary key,                    -- the credential's id, base64url
  person_id text not null references person on delete cascade,
  name text not null,
  public_key bytea not null,              -- COSE
  counter bigint not null,
  transports text[] not null default '{}',
  is_backed_up boolean not null,
  created_at timestamptz not null,
  last_used_at timestamptz
);
create index passkey_person on passkey (person_id);

-- Links that let somebody in once: an invitation, the link of the first admin, a client's link by mail, a
-- hand-over from the provider's site. Only the hash of the token is kept.
create table sign_in_link (
  hash bytea primary key,
  kind text not null check (kind in ('first_admin', 'invitation', 'portal')),
  person_id text references person on delete cascade,
  client_id text references client,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index sign_in_link_person on sign_in_link (person_id);

-- What a sign-in under way needs when the browser returns: the state of OpenID Connect, the challenge of a
-- passkey. Each counts once.
create table sign_in_attempt (
  hash bytea primary key,                 -- of the state or challenge
  kind text not null check (kind in ('oidc', 'passkey', 'new_passkey', 'hand_over')),
  person_id text references person on delete cascade,
  detail jsonb not null default '{}',
  expires_at timestamptz not null
);
create index sign_in_attempt_expiry on sign_in_attempt (expires_at);

create table api_key (
  id text primary key,                    -- key_…
  prefix text not null unique,            -- the first characters of the key, by which it is found again
  connection_id text references connection, -- null: of all connections
  client_id text references client,       -- null: of all clients
  name text not null,
  role text not null check (role in ('viewer', 'support', 'operator', 'admin')),
  scopes text[],                          -- null: everything that its role may do
  hash bytea not null unique,
  previous_hash bytea unique,             -- rotation: the key before this one
  previous_until timestamptz,
  created_by text not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  last_used_at timestamptz,               -- to the minute
  revoked_at timestamptz
);

-- A session rests on what it was opened with. It is over when that is: the person suspended, the key revoked,
-- rotated or expired, ADMIN_API_KEY another one.
create table session (
  id text primary key,                    -- ses_…
  hash bytea not null unique,             -- SHA-256 of the cookie's token
  opened_with text not null check (opened_with in ('api_key', 'password', 'passkey', 'oidc', 'link')),
  person_id text references person on delete cascade,
  person_version integer,                 -- person.credential_version at the sign-in
  passkey_id text references passkey on delete cascade,
  api_key_id text,                        -- an api_key, or key_admin
  key_hash bytea,                         -- of the key that was typed
  oidc_session text,                      -- the provider's `sid`, for its logout; null: none
  oidc_id_token text,                     -- what the provider's page for signing out asks for
  address text,
  agent text,
  created_at timestamptz not null,
  last_used_at timestamptz not null,      -- to the minute
  expires_at timestamptz not null,
  check ((person_id is null) <> (api_key_id is null))
);
create index session_person on session (person_id);
create index session_expiry on session (expires_at);

-- Who did what, failures too. Each line is written in the transaction of its act, and its hash covers the
-- line before it: a line that is changed or deleted afterwards is found by `sharekeeper audit verify`.
create table audit (
  id bigint primary key,                  -- without gaps, in the order of the chain
  at timestamptz not null,
  connection_id text,
  actor text not null,                    -- Actor.id, or the name of a part of ours that acted by itself
  actor_name text,
  action text not null,                   -- noun.verb, such as channel_key.created
  target_type text,                       -- waba, number, client, person, api_key, …
  target_id text,
  waba_id text,                           -- Meta's id of the WABA that it is about
  outcome text not null check (outcome in ('done', 'refused', 'failed')),
  problem text,                           -- why it was refused or failed: the code of the problem
  before jsonb,
  after jsonb,
  detail jsonb not null default '{}',
  address text,
  request_id text,
  hash bytea not null                     -- SHA-256 of the hash before and this line as canonical JSON
);
create index audit_actor on audit (actor, id desc);
create index audit_action on audit (action, id desc);
create index audit_waba on audit (waba_id, id desc) where waba_id is not null;
create index audit_target on audit (target_id, id desc) where target_id is not null;
-- The newest repairs of the app's own subscription: a small part of the table.
create index audit_repair on audit (at desc, id desc)
  where action in ('app_subscription.repaired', 'app_subscription.repair_failed');

-- A line stays as it was written. This stops honest mistakes; whoever removes the trigger is found by the chain.
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_setting('sharekeeper.audit_retention', true) = 'on' then
    return old;
  end if;
  raise exception 'lines of the audit are never changed or deleted by hand; AUDIT_RETENTION_DAYS drops old ones';
end $$;
create trigger audit_is_kept before update or delete on audit
  for each row execute function refuse_audit_change();
create trigger audit_is_not_emptied before truncate on audit
  for each statement execute function refuse_audit_change();

-- Up to which line AUDIT_SINK has received the audit. One row.
create table audit_sink (
  only_row boolean primary key default true check (only_row),
  sent_id bigint not null,
  leased_until timestamptz
);
insert into audit_sink (sent_id) values (0);

-- Where the chain begins after old lines were dropped: the last line that was dropped.
create table audit_anchor (
  id bigint primary key,
  hash bytea not null,
  at timestamptz not null
);

-- The answers to writes that were sent with an Idempotency-Key, for 24 hours.
create table idempotency_key (
  actor text not null,
  key text not null,
  request_hash bytea not null,            -- SHA-256 of method, path and body
  status smallint,                        -- null: the first request is still under way
  answer bytea,                           -- null beside a status: the answer held a secret, or had no body
  content_type text,
  created_at timestamptz not null,
  primary key (actor, key)
);
create index idempotency_key_age on idempotency_key (created_at);

create table channel_key (
  id text primary key,
  connection_id text not null references connection,
  number_id text not null references number,
  hash bytea not null unique,             -- SHA-256 of 256 random bits
  label text not null,
  hint text not null,                     -- the last four characters
  created_at timestamptz not null,
  last_used_at timestamptz,               -- to the hour; written after the message was sent
  revoked_at timestamptz
);
create index channel_key_number on channel_key (number_id);

-- Webhooks out ----------------------------------------------------------------------------------------------

-- An address of the provider's own systems that events are delivered to.
create table webhook_endpoint (
  id text primary key,                    -- whe_…
  url text not null,
  description text not null,
  event_types text[],                     -- null: all
  client_ids text[],                      -- null: of all clients
  tags text[],                            -- null: of all; else of a WABA with one of them
  algorithm text not null check (algorithm in ('hmac-sha256', 'ed25519')),
  data_key_id text not null references data_key,
  sealed bytea not null,                  -- JSON: its secrets and its own headers
  state text not null check (state in ('enabled', 'paused', 'disabled')),
  disabled_why text check (disabled_why in ('failing', 'gone', 'asked')),
  failing_since timestamptz,              -- the first failed attempt since the last success
  warned_percent integer not null default 0, -- 50, 70 or 90 of the time after which it is disabled
  version integer not null default 1,     -- for ETag
  begins_after bigint not null,           -- it gets the lines of the journal after this one
  created_at timestamptz not null,
  created_by text not null
);

-- One event for one endpoint. The body is made anew from the journal at each attempt.
create table webhook_delivery (
  id text primary key,                    -- msg_…: the header webhook-id, the same at each attempt
  endpoint_id text not null references webhook_endpoint on delete cascade,
  journal_seq bigint,                     -- null: not from the journal, then the payload is kept
  payload jsonb,
  type text not null,
  asset_id text,
  created_at timestamptz not null,
  state text not null check (state in ('pending', 'delivered', 'failed')),
  attempt_count integer not null default 0, -- since it was last planned; failures of ours do not count
  next_attempt_at timestamptz,            -- null: none
  leased_until timestamptz,
  ended_at timestamptz,
  check ((journal_seq is null) = (payload is not null)),
  unique (endpoint_id, journal_seq)
);
create index webhook_delivery_due on webhook_delivery (endpoint_id, next_attempt_at) where state = 'pending';
create index webhook_delivery_list on webhook_delivery (endpoint_id, created_at desc, id desc);
create index webhook_delivery_age on webhook_delivery (created_at);

create table webhook_attempt (
  delivery_id text not null references webhook_delivery on delete cascade,
  n integer not null,                     -- 1, 2, …
  at timestamptz not null,
  took_ms integer not null,
  outcome text not null,
  status integer,                         -- null: no answer came
  detail text,
  answer_headers jsonb,
  answer_body text,                       -- its beginning
  primary key (delivery_id, n)
);

-- Up to which line of the journal deliveries are planned. One row.
create table webhook_cursor (
  only_row boolean primary key default true check (only_row),
  journal_seq bigint not null
);
insert into webhook_cursor (journal_seq) values (0);

-- Re-share links --------------------------------------------------------------------------------------------

-- A link to the recovery page, which a client opens without signing in. The token is the id with its HMAC: it
-- can be derived, so it is not stored.
create table reshare_link (
  id text primary key,
  connection_id text not null references connection,
  asset_id text not null references asset,
  created_at timestamptz not null,
  created_by text not null,               -- an actor, or "system" when the gate closed
  lost_at timestamptz,                    -- start of the loss that it repairs; null: nothing was lost
  expires_at timestamptz not null,
  superseded_at timestamptz,              -- a newer link replaced it
  revoked_at timestamptz,
  opened_at timestamptz,                  -- first opened by a person
  last_seen_at timestamptz,               -- a person last had the page open
  used_at timestamptz,                    -- last repaired after a person had opened it
  language text                           -- of the person who opened it last
);
-- A WABA has one link at a time.
create unique index reshare_link_current on reshare_link (asset_id) where superseded_at is null;
create index reshare_link_asset on reshare_link (asset_id, created_at desc);
-- Links that must be renewed before they expire.
create index reshare_link_expiry on reshare_link (expires_at)
  where superseded_at is null and revoked_at is null;

-- What was done with a link. Neither address nor device is kept: anyone may hold the link.
create table reshare_visit (
  id bigint generated always as identity primary key,
  link_id text not null references reshare_link,
  at timestamptz not null,
  kind text not null check (kind in ('opened', 'checked', 'intended', 'resumed', 'asked_fresh', 'app_opened',
    'app_works_again', 'step_reached')),
  language text not null
);
create index reshare_visit_link on reshare_visit (link_id, kind, at desc);

-- Signups ---------------------------------------------------------------------------------------------------

-- Embedded Signup, the first one of a client or a repeated one. A signup states which client is expected and
-- its progress. Codes and tokens are sealed in `secret`, never here.
create table signup (
  id text primary key,
  connection_id text not null references connection,
  expected_asset_id text references asset, -- a recovery: only this WABA; null: a WABA that is new to us
  asset_id text references asset,         -- the WABA that was chosen, once it is matched
  link_id text references reshare_link,   -- the re-share link on which it began
  flow text not null check (flow in ('platform', 'coexistence', 'hosted')),
  -- The client answers on the page whether its number is used in the app. `flow` is the answer so far.
  client_chooses_flow boolean not null default false,
  state text not null check (state in ('invited', 'opened', 'signed', 'proving', 'ready', 'abandoned')),
  steps jsonb not null default '{}',      -- by step: done, waiting or failed
  offered jsonb,                          -- the WABA that was chosen instead of the expected one
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
  next_step_at timestamptz,               -- null: waits for a person
  leased_until timestamptz,               -- a lease: one instance works on a signup at a time
  idempotency_key text,
  idempotency_hash bytea                  -- SHA-256 of the request that the key belongs to
);
-- An idempotency key belongs to the actor who sent it.
create unique index signup_idempotency_key on signup (connection_id, created_by, idempotency_key)
  where idempotency_key is not null;
create index signup_newest on signup (created_at desc, id desc);
create index signup_asset on signup (expected_asset_id, created_at desc) where expected_asset_id is not null;
create index signup_came on signup (asset_id) where asset_id is not null;
-- Meta limits how many clients may sign up in seven days.
create index signup_signed on signup (connection_id, signed_at) where signed_at is not null;
-- The signup loop reads these and not the signups that have ended.
create index signup_due on signup (next_step_at) where next_step_at is not null;
create index signup_leased on signup (leased_until) where leased_until is not null;
create index signup_expiring on signup (expires_at) where state in ('invited', 'opened', 'signed', 'proving');
create index signup_hosted on signup (opened_at)
  where flow = 'hosted' and state = 'opened' and asset_id is null;
-- Signups whose number Meta refused to register: the step is repeated.
create index signup_register_left on signup (asset_id) where steps #>> '{register,againAt}' is not null;

-- One opening of Meta's dialog. Two people who sign up at once have two attempts, so that the code of one is
-- never combined with the session of the other.
create table signup_attempt (
  id text primary key,
  signup_id text not null references signup,
  begun_at timestamptz not null,
  code_at timestamptz,                    -- when the login callback brought its code
  exchanged_at timestamptz,
  granted text[],                         -- WABAs that the client's token reaches; null: all, or not asked
  message jsonb,                          -- the known fields of the dialog's own message
  message_at timestamptz,
  matched_at timestamptz,
  outcome text,                           -- an exit reason, or finished
  meta_message text,                      -- what Meta said, or the WABA that was chosen instead
  step text,                              -- the screen of the dialog on which it was left
  ended_at timestamptz
);
create index signup_attempt_signup on signup_attempt (signup_id, begun_at desc);

-- Search in names and phone numbers -------------------------------------------------------------------------

-- Trigram indexes need the extension pg_trgm, which a PostgreSQL server may lack or refuse. Without them, as
-- on the embedded database, the same queries read the whole tables, which is fast enough for a small fleet.
do $$
begin
  create extension if not exists pg_trgm;
  create index asset_name_contains on asset using gin (name_folded gin_trgm_ops);
  create index client_name_contains on client using gin (name_folded gin_trgm_ops);
  create index number_name_contains on number using gin (verified_name_folded gin_trgm_ops);
  create index number_phone_contains on number
    using gin (regexp_replace(display_phone_number, '[^0-9]', '', 'g') gin_trgm_ops);
exception when others then
  raise notice 'no trigram indexes: %', sqlerrm;
end
$$;
