import type { Sql } from "../database/database.ts";
import { roleShape, SCOPES, type Actor, type Role, type Scope } from "./actor.ts";

/** A key of the Partner API, as it is kept and listed. Instants: ms since the epoch. */
export interface ApiKey {
  id: string;
  /** `shk_` and eight characters: how the key begins. */
  prefix: string;
  connectionId: string | null;
  clientId: string | null;
  name: string;
  role: Role;
  scopes: readonly Scope[] | null;
  createdBy: string;
  createdAt: number;
  expiresAt: number | null;
  /** To the minute. */
  lastUsedAt: number | null;
  /** Until when the key before the last rotation may be used; null: there is none. */
  previousUntil: number | null;
  revokedAt: number | null;
}

/** NOTIFY channel of everything that a caller rests on; the payload is the person, key or session. */
export const ACCESS_NOTICE = "access";

/** A condition on `api_key` that holds for a key that is valid at `$at`. */
const isValidAt = (at: string): string =>
  `(api_key.revoked_at is null and (api_key.expires_at is null or api_key.expires_at > ${at}))`;

/** A condition on `api_key` that holds while `$hash` is its hash, or the one before a rotation at `$at`. */
const hasHash = (hash: string, at: string): string =>
  `(api_key.hash = ${hash} or (api_key.previous_hash = ${hash} and api_key.previous_until > ${at}))`;

/** Holds while an `api_key` may be used with `$hash` at `$at`; the parameters as SQL. */
export const isUsableKey = (hash: string, at: string): string => `${isValidAt(at)} and ${hasHash(hash, at)}`;

export async function saveApiKey(
  sql: Sql,
  key: Omit<ApiKey, "revokedAt" | "lastUsedAt" | "previousUntil">,
  hash: Buffer,
): Promise<void> {
  await sql.query(
    `insert into api_key (id, prefix, connection_id, client_id, name, role, scopes, hash, created_by,
       created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      ...[key.id, key.prefix, key.connectionId, key.clientId, key.name, key.role, key.scopes, hash],
      ...[key.createdBy, new Date(key.createdAt), key.expiresAt === null ? null : new Date(key.expiresAt)],
    ],
  );
}

/** The columns of an actor, of the table `api_key`. */
export interface KeyActorRow {
  id: string;
  name: string;
  role: string;
  scopes: string[] | null;
  client_id: string | null;
  connection_id: string | null;
}

export function actorOfKeyRow(row: KeyActorRow): Actor {
  return {
    id: row.id,
    name: row.name,
    role: roleShape.parse(row.role),
    scopes: row.scopes === null ? null : scopesOf(row.scopes),
    clientId: row.client_id,
    connectionId: row.connection_id,
  };
}

/** A scope that this version does not know grants nothing. */
const scopesOf = (names: readonly string[]): Scope[] => SCOPES.filter((scope) => names.includes(scope));

/**
 * Who holds the key of this hash at `now` (ms); undefined when there is none, or it was revoked, rotated or
 * expired. Notes the use, to the minute.
 */
export async function findApiKeyActor(sql: Sql, hash: Buffer, now: number): Promise<Actor | undefined> {
  const [row] = await sql.query<KeyActorRow & { is_noted: boolean }>(
    `select id, name, role, scopes, client_id, connection_id,
       coalesce(last_used_at > $2::timestamptz - interval '1 minute', false) as is_noted
     from api_key where ${isUsableKey("$1", "$2")}`,
    [hash, new Date(now)],
  );
  if (row === undefined) return undefined;
  if (!row.is_noted)
    await sql.query("update api_key set last_used_at = $2 where id = $1", [row.id, new Date(now)]);
  return actorOfKeyRow(row);
}

/** The keys, revoked and expired ones too, newest first; with `prefix`, those that begin with it. */
export async function readApiKeys(sql: Sql, prefix = ""): Promise<ApiKey[]> {
  const rows = await sql.query<
    KeyActorRow & {
      prefix: string;
      created_by: string;
      created_at: Date;
      expires_at: Date | null;
      last_used_at: Date | null;
      previous_until: Date | null;
      revoked_at: Date | null;
    }
  >(
    `select id, prefix, connection_id, client_id, name, role, scopes, created_by, created_at, expires_at,
       last_used_at, previous_until, revoked_at
     from api_key where starts_with(prefix, $1) order by created_at desc, id`,
    [prefix],
  );
  return rows.map((row) => ({
    ...actorOfKeyRow(row),
    prefix: row.prefix,
    createdBy: row.created_by,
    createdAt: row.created_at.getTime(),
    expiresAt: row.expires_at?.getTime() ?? null,
    lastUsedAt: row.last_used_at?.getTime() ?? null,
    previousUntil: row.previous_until?.getTime() ?? null,
    revokedAt: row.revoked_at?.getTime() ?? null,
  }));
}

/** Ends the key and every session that rests on it. False when it is unknown or was revoked before. */
export async function revokeApiKey(sql: Sql, id: string, at: number): Promise<boolean> {
  const rows = await sql.query(
    `with revoked as (
       update api_key set revoked_at = $2 where id = $1 and revoked_at is null returning id
     )
     select id, pg_notify($3, id) from revoked`,
    [id, new Date(at), ACCESS_NOTICE],
  );
  return rows.length > 0;
}

/**
 * Replaces the hash of a valid key. The hash before it stays usable until `previousUntil` (ms); null: it ends
 * at once. False when there is no valid key of this id.
 */
export async function rotateApiKey(
  sql: Sql,
  id: string,
  { hash, previousUntil, at }: { hash: Buffer; previousUntil: number | null; at: number },
): Promise<boolean> {
  const rows = await sql.query(
    `with rotated as (
       update api_key set hash = $2, previous_until = $3,
         previous_hash = case when $3::timestamptz is null then null else hash end
       where id = $1 and ${isValidAt("$4")} returning id
     )
     select id, pg_notify($5, id) from rotated`,
    [id, hash, previousUntil === null ? null : new Date(previousUntil), new Date(at), ACCESS_NOTICE],
  );
  return rows.length > 0;
}
