-- A contact of the row's client, or the text "invalid", until the row is processed.
alter table waba_import_row add column contact jsonb;
