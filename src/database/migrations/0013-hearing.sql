-- Whether we hear Meta, as people read it: since when, and what was mended.

alter table ear add column since timestamptz;        -- since when its outcome is what it is
update ear set since = coalesce(mended_at, at);
alter table ear alter column since set not null;

-- The newest mends over all WABAs; nearly everything else in both tables is something else.
create index observation_mend on observation (at desc, id desc)
  where title in ('subscription.repaired', 'subscription.repair_failed', 'subscription.override_restored', 'subscription.override_lost');
create index audit_mend on audit (at desc, id desc)
  where action in ('app_subscription.mended', 'app_subscription.mend_failed');

-- Live WABAs whose webhooks do not reach us: of a healthy fleet none.
create index share_unheard on share (connection_id, asset_id)
  where status = 'live' and memory #>> '{facts,WebhookSubscribed,status}' = 'False';
