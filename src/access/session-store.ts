import type { Sql } from "../database/database.ts";
import { roleShape } from "./actor.ts";
import type { Actor } from "./actor.ts";

/** Instants: ms since the epoch. The token itself is never kept, only its hash. */
export interface Session {
  hash: Buffer;
  actor: Actor;
  expiresAt: number;
}

export async function saveSession(sql: Sql, { hash, actor, expiresAt }: Session): Promise<void> {
  await sql.query("insert into session (hash, actor, name, role, expires_at) values ($1, $2, $3, $4, $5)", [
    hash,
    actor.id,
    actor.name,
    actor.role,
    new Date(expiresAt),
  ]);
}

/** Who is signed in with the token of this hash, unless the session is over at `now`. */
export async function findSessionActor(sql: Sql, hash: Buffer, now: number): Promise<Actor | undefined> {
  const [row] = await sql.query<{ actor: string; name: string; role: string }>(
    "select actor, name, role from session where hash = $1 and expires_at > $2",
    [hash, new Date(now)],
  );
  return row && { id: row.actor, name: row.name, role: roleShape.parse(row.role) };
}

/** Signs out. */
export async function deleteSession(sql: Sql, hash: Buffer): Promise<void> {
  await sql.query("delete from session where hash = $1", [hash]);
}

/** Forgets the sessions that are over at `now`. */
export async function deleteExpiredSessions(sql: Sql, now: number): Promise<void> {
  await sql.query("delete from session where expires_at <= $1", [new Date(now)]);
}
