-- Data keys that are replaced while instances run: `sharekeeper keys rotate`.
alter table data_key
  add column number bigint generated always as identity, -- a later key has a greater one
  -- new: to be known by all instances before it is used; current: seals; old: opens what it sealed.
  add column state text not null default 'new' check (state in ('new', 'current', 'old')),
  add column resealed_at timestamptz;     -- of an old key: when nothing was sealed with it any more
update data_key set state = case
  when id = (select id from data_key order by created_at desc, id desc limit 1) then 'current' else 'old' end;
-- One key seals, and one rotation is under way, over all instances.
create unique index data_key_current on data_key (state) where state <> 'old';

-- Which data keys each running instance knows: a new one is used only when all do.
create table keyring_instance (
  id text primary key,
  known text[] not null,                  -- the keys that it can open with
  seals_with text not null,
  seen_at timestamptz not null            -- an instance that is gone is not waited for
);
