-- An invitation may leave it to the client whether its number is used in the WhatsApp Business app. Then `flow` is the answer so far.
alter table signup add column client_chooses_flow boolean not null default false;
