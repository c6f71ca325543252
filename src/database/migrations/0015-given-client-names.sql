-- A name that the provider gave its client: Meta's name of the portfolio does not replace it.
alter table client add column name_given boolean not null default false;
