import type { Sql } from "../database/database.ts";
import { SealError, type Keyring } from "../lib/keyring.ts";
import { BUSINESS_TOKEN, placeOfClientToken } from "./client-token.ts";
import { findSecret, openSecret, saveSecret } from "./secret-store.ts";

export function findClientToken(
  sql: Sql,
  keyring: Keyring,
  asset: { id: string; connectionId: string },
): Promise<string | undefined> {
  return findSecret(sql, keyring, placeOfClientToken(asset.connectionId, asset.id));
}

/** Keeps a client's token in place of an earlier one, which is forgotten. */
export async function saveClientToken(
  sql: Sql,
  keyring: Keyring,
  asset: { id: string; connectionId: string },
  token: string,
): Promise<void> {
  await saveSecret(sql, keyring, placeOfClientToken(asset.connectionId, asset.id), token);
}

interface Row {
  connection_id: string;
  owner_id: string;
  data_key_id: string;
  sealed: Buffer;
}

/** The tokens of WABAs that send with their client's, by asset: of all, or of those given. */
export async function readSendingTokens(
  sql: Sql,
  keyring: Keyring,
  assetIds: readonly string[] | null,
): Promise<Map<string, string>> {
  const rows = await sql.query<Row>(
    `select secret.connection_id, secret.owner_id, secret.data_key_id, secret.sealed
     from asset join secret on secret.owner_id = asset.id and secret.connection_id = asset.connection_id
       and secret.name = $1
     where asset.sends_with = 'client' and ($2::text[] is null or asset.id = any($2))`,
    [BUSINESS_TOKEN, assetIds],
  );
  const tokens = new Map<string, string>();
  for (const row of rows) {
    const token = await openOrSkip(sql, keyring, row);
    if (token !== null) tokens.set(row.owner_id, token);
  }
  return tokens;
}

/** A tampered row costs only its own WABA the token, and does not stop the start: a probe reports it. */
async function openOrSkip(sql: Sql, keyring: Keyring, row: Row): Promise<string | null> {
  try {
    const place = placeOfClientToken(row.connection_id, row.owner_id);
    return await openSecret(sql, keyring, place, { dataKeyId: row.data_key_id, sealed: row.sealed });
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}
