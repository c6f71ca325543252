-- When a channel key was last used, to the hour: written outside the way of a message.
alter table channel_key add column last_used_at timestamptz;
