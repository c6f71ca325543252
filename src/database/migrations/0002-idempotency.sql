-- Requests that were sent with an Idempotency-Key, for 24 hours. The request that runs holds a claim on the key.
-- The claim of an instance that died ends by itself.
drop table idempotency_key;
create table idempotency_key (
  actor text not null,                    -- Actor.id: a key belongs to who sent it
  key_hash bytea not null,                -- SHA-256 of the header
  claim bytea not null,                   -- random; only the request that holds it may change the row
  claimed_until timestamptz,              -- null: the request is over
  has_acted boolean not null default false, -- set in the transaction of the act's line in the audit
  has_answer boolean not null default false, -- `sealed` holds the answer, too
  data_key_id text not null references data_key,
  sealed bytea not null,                  -- what was asked, and what was answered
  created_at timestamptz not null,
  primary key (actor, key_hash)
);
create index idempotency_key_age on idempotency_key (created_at);

-- The keys of signups were a mechanism of their own.
alter table signup drop column idempotency_key, drop column idempotency_hash;
