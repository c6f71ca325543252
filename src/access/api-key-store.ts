import type { Sql } from "../database/database.ts";
import { roleShape } from "./actor.ts";
import type { Actor, Role } from "./actor.ts";

/** A key of the Partner API, as it is kept and listed. Instants: ms since the epoch. */
export interface ApiKey {
  id: string;
  connectionId: string | null;
  name: string;
  role: Role;
  createdAt: number;
  revokedAt: number | null;
}

export async function saveApiKey(sql: Sql, key: Omit<ApiKey, "revokedAt">, hash: Buffer): Promise<void> {
  await sql.query(
    "insert into api_key (id, connection_id, name, role, hash, created_at) values ($1, $2, $3, $4, $5, $6)",
    [key.id, key.connectionId, key.name, key.role, hash, new Date(key.createdAt)],
  );
}

/** Who holds the key of this hash; undefined when there is none, or it was revoked. */
export async function findApiKeyActor(sql: Sql, hash: Buffer): Promise<Actor | undefined> {
  const [row] = await sql.query<{ id: string; name: string; role: string }>(
    "select id, name, role from api_key where hash = $1 and revoked_at is null",
    [hash],
  );
  return row && { id: row.id, name: row.name, role: roleShape.parse(row.role) };
}

/** Every key, revoked ones too, oldest first. */
export async function readApiKeys(sql: Sql): Promise<ApiKey[]> {
  const rows = await sql.query<{
    id: string;
    connection_id: string | null;
    name: string;
    role: string;
    created_at: Date;
    revoked_at: Date | null;
  }>("select id, connection_id, name, role, created_at, revoked_at from api_key order by created_at, id");
  return rows.map((row) => ({
    id: row.id,
    connectionId: row.connection_id,
    name: row.name,
    role: roleShape.parse(row.role),
    createdAt: row.created_at.getTime(),
    revokedAt: row.revoked_at?.getTime() ?? null,
  }));
}

/**
 * Ends the key and every session opened with it. False when there is no such key, or it was revoked before.
 */
export async function revokeApiKey(sql: Sql, id: string, at: number): Promise<boolean> {
  const rows = await sql.query(
    `with revoked as (update api_key set revoked_at = $2 where id = $1 and revoked_at is null returning id),
          ended as (delete from session where actor in (select id from revoked))
     select id from revoked`,
    [id, new Date(at)],
  );
  return rows.length > 0;
}
