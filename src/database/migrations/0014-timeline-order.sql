-- The timeline in the order in which things were recorded, whatever the clock did meanwhile. Entries share the journal's sequence, so that
-- both merge by one number. An entry from before stands below the first line that came at or after its instant.

alter table observation add column seq bigint;
update observation set seq = coalesce(
  (select min(journal.seq) from journal where journal.asset_id = observation.asset_id and journal.at >= observation.at),
  (select last_value from journal_seq));
alter table observation alter column seq set default nextval('journal_seq');
alter table observation alter column seq set not null;
create index observation_order on observation (asset_id, seq desc, id desc);
