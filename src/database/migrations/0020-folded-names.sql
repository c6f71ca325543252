-- Names without accents ----------------------------------------------------------------------------------------------------------

-- What a name is searched by: lower case, without accents, with plain letters for those that have no parts. `foldText` in
-- src/http/search-terms.ts is the same rule for what a person types; a test holds the two together. Only a database in UTF-8 can take
-- letters apart; in another one, names are found as they are written.
do $$
begin
  if current_setting('server_encoding') = 'UTF8' then
    create function folded(name text) returns text language sql immutable parallel safe as $fold$
      select replace(replace(replace(replace(translate(
        lower(regexp_replace(normalize(name, NFKD), '[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]', '', 'g')),
        'øłđðħıς’‘`‐‑–—', 'olddhiσ''''''----'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th') $fold$;
  else
    create function folded(name text) returns text language sql immutable parallel safe as $fold$ select lower(name) $fold$;
  end if;
end
$$;

alter table asset add column name_folded text generated always as (folded(name)) stored;
alter table client add column name_folded text generated always as (folded(name)) stored;
alter table number add column verified_name_folded text generated always as (folded(verified_name)) stored;

-- As in 0011: with trigrams where the server has them.
drop index if exists asset_name_contains, client_name_contains, number_name_contains;
do $$
begin
  create index asset_name_contains on asset using gin (name_folded gin_trgm_ops);
  create index client_name_contains on client using gin (name_folded gin_trgm_ops);
  create index number_name_contains on number using gin (verified_name_folded gin_trgm_ops);
exception when others then
  raise notice 'no trigram indexes: %', sqlerrm;
end
$$;
