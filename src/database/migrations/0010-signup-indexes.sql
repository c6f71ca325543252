-- What the loop of the signups asks every turn, without reading the signups that have ended.
create index signup_came on signup (asset_id) where asset_id is not null;
create index signup_expiring on signup (expires_at) where state in ('invited', 'opened', 'signed', 'proving');
create index signup_hosted on signup (opened_at) where flow = 'hosted' and state = 'opened' and asset_id is null;
create index signup_leased on signup (leased_until) where leased_until is not null;
