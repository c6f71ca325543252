-- How long it took, loss by loss: written in the transaction that closes the gate of a WABA, and in the one that ends the loss. The
-- durations are decided when they are written (src/sharing/episode.ts) and only counted here.

create table episode (
  id bigint generated always as identity primary key,
  connection_id text not null references connection,
  asset_id text not null references asset,
  condition text not null,                -- which condition was lost: Shared, FullControl, …
  reason text not null,
  how text not null check (how in ('announced', 'probed')),
  lost_at timestamptz,                    -- announced: the second that Meta named; null when it named none that can be
  announced_at timestamptz,                    -- announced: first receipt of the notice
  lost_after timestamptz,                 -- probed: the last proof before it, all that is known; null: it was never proven
  closed_at timestamptz not null,
  detection_ms bigint,                    -- announced: from lost_at; probed: from lost_after, so at most this
  receipt_ms bigint,                      -- announced: from announced_at, our own part of it
  ended_at timestamptz,
  outcome text check (outcome in ('reopened', 'refuted', 'set_aside')),
  sign text,                              -- the first sign of the repair that held: partner_added, signup, …; null: none was seen
  sign_at timestamptz,
  resume_how text check (resume_how in ('announced', 'probed')),
  resume_ms bigint,                       -- announced: from sign_at; probed: from the newest look that found it missing, so at most this
  check ((ended_at is null) = (outcome is null))
);
-- A WABA is lost once at a time, whatever several instances do.
create unique index episode_open on episode (asset_id) where ended_at is null;
-- The figures of a span of time read these alone.
create index episode_closed on episode (closed_at) include (how, detection_ms, receipt_ms);
create index episode_ended on episode (ended_at) include (outcome, resume_how, resume_ms) where ended_at is not null;

-- The oldest proof is the first entry; the age of the others is read from it or from a sample (src/http/share-figures-store.ts).
create index share_live_proven on share (last_proven_at) where status = 'live';
