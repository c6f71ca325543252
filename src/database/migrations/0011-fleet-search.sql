-- Search in a large fleet --------------------------------------------------------------------------------------------------------

-- Ids begin with what was typed.
create index meta_id_begins on meta_id (meta_id text_pattern_ops);
create index client_external_begins on client (lower(external_id) text_pattern_ops) where external_id is not null;
-- The list by name.
create index asset_by_name on asset (lower(name), id);

-- Names and phone numbers contain what was typed: with trigrams where the server has them and lets us (it is a trusted extension of
-- PostgreSQL). Without them, as on the embedded database, the same queries read the tables, which a small fleet does not notice.
do $$
begin
  create extension if not exists pg_trgm;
  create index asset_name_contains on asset using gin (name gin_trgm_ops);
  create index client_name_contains on client using gin (name gin_trgm_ops);
  create index number_name_contains on number using gin (verified_name gin_trgm_ops);
  create index number_phone_contains on number using gin (regexp_replace(display_phone_number, '[^0-9]', '', 'g') gin_trgm_ops);
exception when others then
  raise notice 'no trigram indexes: %', sqlerrm;
end
$$;
