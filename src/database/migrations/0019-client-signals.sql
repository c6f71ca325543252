-- What the client says on its page is remembered with its share, for it changes whose turn it is.
alter table share add column client_word text
  check (client_word in ('opened', 'asked_fresh', 'app_works_again', 'intended'));
create index share_client_word on share (client_word) where client_word is not null;

update share set client_word = case when link.intended_at is not null then 'intended' else 'app_works_again' end,
  record = record || jsonb_build_object('client', jsonb_strip_nulls(jsonb_build_object(
    'intendedAt', floor(extract(epoch from link.intended_at) * 1000),
    'appWorksAt', floor(extract(epoch from link.app_works_at) * 1000))))
from reshare_link link
where link.asset_id = share.asset_id and link.superseded_at is null
  and share.status in ('permission_removed', 'disabled', 'disconnected')
  and (link.intended_at is not null or link.app_works_at >= coalesce(link.lost_at, link.created_at));

alter table reshare_link drop column intended_at, drop column app_works_at;
-- When a person last had the page open.
alter table reshare_link add column last_seen_at timestamptz;
-- Links that must be renewed before they end.
create index reshare_link_expiry on reshare_link (expires_at) where superseded_at is null and revoked_at is null;

alter table reshare_visit drop constraint reshare_visit_kind_check;
alter table reshare_visit add constraint reshare_visit_kind_check
  check (kind in ('opened', 'checked', 'intended', 'resumed', 'asked_fresh', 'app_opened', 'app_works_again', 'step_reached'));
