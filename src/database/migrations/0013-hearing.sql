-- Whether we hear Meta, as people read it: since when, and what was mended.

alter table webhook_check add column since timestamptz;        -- since when its outcome is what it is
update webhook_check set since = coalesce(repaired_at, at);
alter table webhook_check alter column since set not null;

-- The newest mends over all WABAs; nearly everything else in both tables is something else.
create index observation_repair on observation (at desc, id desc)
  where title in ('subscription.repaired', 'subscription.repair_failed', 'subscription.override_restored', 'subscription.override_lost');
create index audit_repair on audit (at desc, id desc)
  where action in ('app_subscription.repaired', 'app_subscription.repair_failed');

-- Live WABAs whose webhooks do not reach us: of a healthy fleet none.
create index share_unsubscribed on share (connection_id, asset_id)
  where status = 'live' and record #>> '{facts,WebhookSubscribed,status}' = 'False';
