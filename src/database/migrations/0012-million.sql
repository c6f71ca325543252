-- A fleet of a million ------------------------------------------------------------------------------------------------------------

-- The list by last proof, and the least recent proof among those of one status (the figures): two indexes in the place of
-- two, so that a look writes no more of them than before.
create index share_by_proof on share (coalesce(last_proven_at, to_timestamp(0)), asset_id);
create index share_status_proven on share (status, last_proven_at);
drop index share_status;
drop index share_live_proven;

-- The WABAs of our own portfolio, which the walk through their list compares.
create index asset_owned on asset (id) where partner_model = 'owned';

-- All that was measured of losses until an instant, so that /metrics need not count every loss ever after each start. One row a day
-- (src/http/episode-totals.ts); whatever is missing is counted again from `episode`.
create table episode_total (
  until timestamptz primary key,
  totals jsonb not null
);
