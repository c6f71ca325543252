-- Events to a message broker: EVENT_STREAM_URL. One row for each EVENT_STREAM_NAME that was ever set.
create table event_stream (
  name text primary key,
  id text not null,                       -- a part of each message's id
  journal_seq bigint not null,            -- the broker has confirmed the lines up to this one
  leased_until timestamptz,               -- one instance publishes at a time
  created_at timestamptz not null
);
