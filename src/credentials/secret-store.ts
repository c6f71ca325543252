import type { Sql } from "../database/database.ts";
import type { Keyring, Sealed } from "../lib/keyring.ts";
import { secretContextOf, type SecretPlace } from "./secret-place.ts";

const valuesOf = (place: SecretPlace): string[] => [place.connectionId, place.ownerId, place.name];

/** NOTIFY channel; the payload is the owner of a secret that changed. Never the secret. */
export const SECRET_NOTICE = "secret";

/** Keeps `secret`, sealed, in place of an earlier one. */
export async function saveSecret(
  sql: Sql,
  keyring: Keyring,
  place: SecretPlace,
  secret: string,
): Promise<void> {
  const { dataKeyId, sealed } = keyring.seal(secretContextOf(place), Buffer.from(secret));
  await sql.query(
    `insert into secret (connection_id, owner_id, name, data_key_id, sealed)
      values ($1, $2, $3, $4, $5)
     on conflict (connection_id, owner_id, name) do update
       set data_key_id = excluded.data_key_id, sealed = excluded.sealed`,
    [...valuesOf(place), dataKeyId, sealed],
  );
  await announce(sql, place);
}

/** The secret, or undefined when there is none. Throws SealError when the row was tampered with. */
export async function findSecret(
  sql: Sql,
  keyring: Keyring,
  place: SecretPlace,
): Promise<string | undefined> {
  const [row] = await sql.query<{ data_key_id: string; sealed: Buffer }>(
    "select data_key_id, sealed from secret where connection_id = $1 and owner_id = $2 and name = $3",
    valuesOf(place),
  );
  return row && openSecret(sql, keyring, place, { dataKeyId: row.data_key_id, sealed: row.sealed });
}

/**
 * What a row of the table holds. Rejects with SealError when it was tampered with, or moved here from another
 * place.
 */
export async function openSecret(
  sql: Sql,
  keyring: Keyring,
  place: SecretPlace,
  of: Sealed,
): Promise<string> {
  return (await keyring.open(sql, secretContextOf(place), of)).toString();
}

async function announce(sql: Sql, place: SecretPlace): Promise<void> {
  await sql.query("select pg_notify($1, $2)", [SECRET_NOTICE, place.ownerId]);
}

export async function deleteSecret(sql: Sql, place: SecretPlace): Promise<void> {
  await sql.query(
    "delete from secret where connection_id = $1 and owner_id = $2 and name = $3",
    valuesOf(place),
  );
  await announce(sql, place);
}
