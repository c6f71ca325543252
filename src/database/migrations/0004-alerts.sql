-- Alerts to the team ----------------------------------------------------------------------------------------

-- Where alerts are sent.
create table alert_channel (
  id text primary key,                    -- chn_…
  name text not null,
  type text not null check (type in ('email', 'slack', 'teams', 'discord', 'webhook', 'pagerduty',
    'alertmanager')),
  data_key_id text not null references data_key,
  sealed bytea not null,                  -- JSON: its addresses and keys
  state text not null check (state in ('enabled', 'paused')),
  failing_since timestamptz,              -- the first failure since the last success
  last_failure text,
  version integer not null default 1,     -- for ETag
  created_at timestamptz not null,
  created_by text not null
);

-- Who is told of which alerts, and when. The first route that matches decides.
create table alert_route (
  id text primary key,                    -- rte_…
  name text not null,
  position integer not null,              -- ascending
  match jsonb not null,                   -- {}: every alert
  channel_ids text[] not null,            -- none: the Hub alone
  pending_s integer,                      -- null: as the rule says; so are the next two
  keep_firing_s integer,
  repeat_s integer,
  quiet_hours jsonb,
  escalate_after_s integer,
  escalate_to text[] not null default '{}', -- channels
  version integer not null default 1,     -- for ETag
  created_at timestamptz not null,
  created_by text not null
);
create index alert_route_order on alert_route (position, id);

-- One thing that people must know. WABAs that fell for one cause within minutes are one alert.
create table alert (
  id text primary key,                    -- alr_…
  rule text not null,
  severity text not null check (severity in ('critical', 'warning', 'info')),
  cause text,                             -- a reason of the WABAs; null: the rule says all
  observed boolean not null,              -- of WABAs in observe mode: nothing of them was stopped
  usual_per_day double precision,         -- losses a day in the 30 days before it; null: not of a loss
  route_id text,                          -- of the route that matched; null: none did. A route may be deleted
  state text not null check (state in ('pending', 'firing', 'resolved')),
  started_at timestamptz not null,        -- its first signal
  last_signal_at timestamptz not null,    -- the newest signal that joined
  cleared_at timestamptz,                 -- no signal of it holds since then
  fired_at timestamptz,                   -- null: cleared before it fired, nobody was told
  ended_at timestamptz,                   -- when it cleared, once it has stayed so
  told_at timestamptz,                    -- the last message about it
  told_count integer not null default 0,  -- its signals as of then
  acknowledged_at timestamptz,
  acknowledged_by text,
  snoozed_until timestamptz,
  snoozed_above integer,                  -- the snooze ends once it has more signals than these
  escalated_at timestamptz,
  next_turn_at timestamptz                -- when time alone may change it; null: never
);
create index alert_due on alert (next_turn_at) where next_turn_at is not null;
create index alert_open on alert (rule, last_signal_at) where state <> 'resolved';
create index alert_newest on alert (started_at desc, id desc) where fired_at is not null;

-- What holds, of which alert. A subject is a WABA, or a part of this Sharekeeper.
create table alert_signal (
  id bigint generated always as identity primary key,
  alert_id text not null references alert on delete cascade,
  rule text not null,
  subject text not null,                  -- "waba:<id>", "connection:default", "endpoint:<id>", …
  asset_id text references asset,
  detail jsonb not null,                  -- values of the title's message
  began_at timestamptz not null,
  ended_at timestamptz,                   -- it no longer holds
  ended_why text check (ended_why in ('over', 'replaced', 'set_aside'))
);
create unique index alert_signal_open on alert_signal (rule, subject) where ended_at is null;
create index alert_signal_alert on alert_signal (alert_id, began_at, id);
create index alert_signal_asset on alert_signal (asset_id, began_at desc) where asset_id is not null;

-- One message about an alert for one channel. What it says is fixed with the decision to send it.
create table alert_notification (
  id text primary key,                    -- ntf_…: the same at each attempt
  alert_id text not null references alert on delete cascade,
  channel_id text not null,               -- the channel may be deleted
  recipient text not null,                -- what people read in place of its address
  kind text not null check (kind in ('opened', 'grew', 'repeated', 'escalated', 'acknowledged', 'resolved')),
  why text not null,
  message jsonb not null,
  planned_at timestamptz not null,
  state text not null check (state in ('pending', 'sent', 'failed', 'dropped')),
  attempt_count integer not null default 0,
  next_attempt_at timestamptz,            -- null: none
  leased_until timestamptz,
  ended_at timestamptz,
  reached text[] not null default '{}',   -- of a channel with several addresses: those that took it
  detail text                             -- of the last attempt
);
create index alert_notification_due on alert_notification (next_attempt_at) where state = 'pending';
create index alert_notification_alert on alert_notification (alert_id, planned_at, id);

-- Up to which line of the journal alerts are raised. One row; whoever raises alerts locks it. Begins at the
-- end: what was lost before alerts existed is not told.
create table alert_cursor (
  only_row boolean primary key default true check (only_row),
  journal_seq bigint not null,
  begins_at timestamptz                   -- the last line before alerts existed; null: there was none
);
insert into alert_cursor (journal_seq, begins_at) select coalesce(max(seq), 0), max(at) from journal;

-- Messages to clients ---------------------------------------------------------------------------------------

-- One message to one contact of a client, about some of its WABAs. Its words are made when it is sent: links
-- are keys to a page, so no text is kept.
create table client_message (
  id text primary key,                    -- cmg_…
  client_id text not null references client,
  topic text not null check (topic in ('loss', 'app_activity', 'payment')),
  kind text not null check (kind in ('first', 'reminder', 'last_reminder', 'fresh_link', 'manual', 'warning')),
  cause text not null,                    -- the reason of the loss; of a warning, what it warns of
  asset_ids text[] not null,
  link_ids text[] not null default '{}',  -- the re-share links that went with it
  asked_link_id text,                     -- the ended link whose holder asked for a fresh one
  channel text not null check (channel in ('email', 'event')),
  recipient text,                         -- an e-mail address; null: no contact has one, or the provider sends it
  contact_name text,
  language text not null,
  why text not null,                      -- what made us send it: a word of the API
  created_by text not null,               -- an actor; "system"
  planned_at timestamptz not null,
  state text not null check (state in ('pending', 'sending', 'sent', 'failed', 'bounced', 'dropped',
    'unknown')),                          -- unknown: we died while it was sent; it is not sent again
  attempt_count integer not null default 0,
  next_attempt_at timestamptz,
  leased_until timestamptz,
  ended_at timestamptz,
  detail text
);
create index client_message_due on client_message (next_attempt_at) where state = 'pending';
create index client_message_sending on client_message (leased_until) where state = 'sending';
create index client_message_client on client_message (client_id, planned_at desc, id desc);
create index client_message_asset on client_message using gin (asset_ids);
create index client_message_link on client_message using gin (link_ids);
create index client_message_asked on client_message (asked_link_id, planned_at desc)
  where asked_link_id is not null;
create index client_message_recipient on client_message (lower(recipient)) where recipient is not null;
create index client_message_planned on client_message (planned_at);

-- What stands between us and an address: the person unsubscribed, or mail to it bounces.
create table mail_address (
  address text primary key,               -- lower case
  id text not null unique,                -- adr_…: what its unsubscribe link names
  created_at timestamptz not null,
  unsubscribed_at timestamptz,            -- critical messages are still sent
  unsubscribed_how text check (unsubscribed_how in ('page', 'one_click', 'complaint')),
  bounced_at timestamptz,                 -- nothing is sent until somebody edits the contact
  bounce_detail text
);

-- What the client of a WABA is told about, and when the next message is due. It outlasts the loss, so that a
-- WABA that comes and goes is told of once.
create table client_notice (
  asset_id text not null references asset,
  topic text not null check (topic in ('loss', 'app_activity', 'payment')),
  client_id text not null references client,
  cause text not null,
  began_at timestamptz not null,
  sent_count integer not null default 0,  -- the first message and its reminders
  last_sent_at timestamptz,
  waits_for_address boolean not null default false, -- no contact has an address; it is told of once
  next_at timestamptz,                    -- null: nothing more is sent
  stopped_why text,                       -- null: it stands. recovered, intended, observed, …
  primary key (asset_id, topic)
);
create index client_notice_due on client_notice (next_at) where next_at is not null;
create index client_notice_client on client_notice (client_id) where next_at is not null;

-- As alert_cursor. Who plans messages to clients locks it: one instance plans at a time.
create table client_message_cursor (
  only_row boolean primary key default true check (only_row),
  journal_seq bigint not null
);
insert into client_message_cursor (journal_seq) select coalesce(max(seq), 0) from journal;
