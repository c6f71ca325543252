-- With whose token messages of a WABA are sent. Beside the partner model and the mode, for it is set in the same way.
alter table asset add column sends_with text not null default 'system_user' check (sends_with in ('system_user', 'client'));
create index asset_sends_with_client on asset (id) where sends_with = 'client';

-- What was decided while nothing was enforced: the report of observe mode reads it by time.
create index journal_observed on journal (at, seq) where data->>'mode' = 'observe';

-- What Meta answered to messages that would have been refused here, had the mode been enforce: by WABA and by the closing that would
-- have refused them.
create table observed_message (
  asset_id text not null references asset,
  closed_at timestamptz not null,         -- since when the gate would have been closed
  accepted bigint not null default 0,     -- taken by Meta: closing would have been a loss
  refused bigint not null default 0,      -- refused by Meta: closing would have said so at once
  primary key (asset_id, closed_at)
);
