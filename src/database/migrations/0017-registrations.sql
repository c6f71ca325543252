-- Every registration of a number that was asked of Meta, by hand or by ourselves: Meta takes ten in 72 hours.

create table registration_try (
  id bigint generated always as identity primary key,
  number_id text not null references number,
  at timestamptz not null,
  code integer                              -- Meta's error code; null: taken, or no answer
);
create index registration_try_number on registration_try (number_id, at);

-- Signups whose number Meta refused to register: the step comes back.
create index signup_register_left on signup (asset_id) where steps #>> '{register,againAt}' is not null;

-- An idempotency key belongs to whoever sent it.
drop index signup_idempotency_key;
create unique index signup_idempotency_key on signup (connection_id, created_by, idempotency_key)
  where idempotency_key is not null;
