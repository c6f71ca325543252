-- A number that lives in the WhatsApp Business app falls out of the platform when nobody opens the app for about 14 days. Meta tells
-- nobody when it was last opened, so what is kept is what somebody told us.
create table app_activity (
  number_id text primary key references number,
  connection_id text not null references connection,
  asset_id text not null references asset,
  counted_from timestamptz not null,      -- the newest confirmation; before the first one, when we learnt that it is such a number
  confirmed_at timestamptz,
  confirmed_by text check (confirmed_by in ('link', 'api', 'echo', 'signup')),
  told text not null check (told in ('fresh', 'due_soon', 'overdue'))  -- the state last written to the journal
);
create index app_activity_asset on app_activity (asset_id, counted_from);
create index app_activity_age on app_activity (counted_from, asset_id);
create index app_activity_untold on app_activity (told, counted_from) where told <> 'overdue';
create index app_activity_reminded on app_activity (counted_from) where told <> 'fresh';
-- Shares that are to have one: a small part of all.
create index share_coexistence on share (asset_id) where kind = 'coexistence';

-- The client says that a banned app works again: from then on the way back begins with the signup.
alter table reshare_link add column app_works_at timestamptz;
alter table reshare_visit drop constraint reshare_visit_kind_check;
alter table reshare_visit add constraint reshare_visit_kind_check
  check (kind in ('opened', 'checked', 'intended', 'resumed', 'asked_fresh', 'app_opened', 'app_works_again'));
