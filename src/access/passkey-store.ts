import type { Sql } from "../database/database.ts";
import { ACCESS_NOTICE } from "./api-key-store.ts";

/** A passkey as it is kept. Instants: ms since the epoch. */
export interface Passkey {
  /** The credential's id, base64url. */
  id: string;
  personId: string;
  name: string;
  /** COSE. */
  publicKey: Uint8Array<ArrayBuffer>;
  counter: number;
  transports: string[];
  isBackedUp: boolean;
  createdAt: number;
  lastUsedAt: number | null;
}

interface Row {
  id: string;
  person_id: string;
  name: string;
  public_key: Buffer;
  counter: string;
  transports: string[];
  is_backed_up: boolean;
  created_at: Date;
  last_used_at: Date | null;
}

const PASSKEYS = `
  select id, person_id, name, public_key, counter, transports, is_backed_up, created_at, last_used_at
  from passkey`;

/** False: a passkey of this id is known already. */
export async function insertPasskey(sql: Sql, passkey: Passkey): Promise<boolean> {
  const rows = await sql.query(
    `insert into passkey (id, person_id, name, public_key, counter, transports, is_backed_up, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (id) do nothing returning id`,
    [
      ...[passkey.id, passkey.personId, passkey.name, Buffer.from(passkey.publicKey), passkey.counter],
      ...[passkey.transports, passkey.isBackedUp, new Date(passkey.createdAt)],
    ],
  );
  return rows.length > 0;
}

/** A person's passkeys, oldest first. */
export async function readPasskeys(sql: Sql, personId: string): Promise<Passkey[]> {
  const rows = await sql.query<Row>(`${PASSKEYS} where person_id = $1 order by created_at, id`, [personId]);
  return rows.map(passkeyOf);
}

/** Locks the row until the transaction ends, so that two uses cannot count from one counter. */
export async function lockPasskey(sql: Sql, id: string): Promise<Passkey | undefined> {
  const [row] = await sql.query<Row>(`${PASSKEYS} where id = $1 for update`, [id]);
  return row && passkeyOf(row);
}

export async function savePasskeyUse(
  sql: Sql,
  { id, counter, isBackedUp, at }: { id: string; counter: number; isBackedUp: boolean; at: number },
): Promise<void> {
  await sql.query("update passkey set counter = $2, is_backed_up = $3, last_used_at = $4 where id = $1", [
    ...[id, counter, isBackedUp, new Date(at)],
  ]);
}

/** The sessions that rest on it end with it. False: this person has no such passkey. */
export async function deletePasskey(sql: Sql, personId: string, id: string): Promise<boolean> {
  const rows = await sql.query(
    `with gone as (delete from passkey where id = $1 and person_id = $2 returning person_id)
     select person_id, pg_notify($3, person_id) from gone`,
    [id, personId, ACCESS_NOTICE],
  );
  return rows.length > 0;
}

function passkeyOf(row: Row): Passkey {
  return {
    id: row.id,
    personId: row.person_id,
    name: row.name,
    publicKey: new Uint8Array(row.public_key),
    counter: Number(row.counter),
    transports: row.transports,
    isBackedUp: row.is_backed_up,
    createdAt: row.created_at.getTime(),
    lastUsedAt: row.last_used_at?.getTime() ?? null,
  };
}
