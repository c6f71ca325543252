-- The public words `provider` and `provider_token_invalid`, where rows of an earlier version hold the old ones.
alter table incident drop constraint incident_about_check;
update incident set about = 'provider' where about = 'us';
alter table incident add constraint incident_about_check check (about in ('meta', 'provider'));
update incident set reason = 'provider_token_invalid' where reason = 'own_token';
update episode set reason = 'provider_token_invalid' where reason = 'own_token';
update share set who_must_act = 'provider' where who_must_act = 'us';
update share set reason = 'provider_token_invalid' where reason = 'own_token';
update share set record = replace(record::text, '"own_token"', '"provider_token_invalid"')::jsonb
  where record::text like '%"own_token"%';
