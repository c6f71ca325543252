import type { Sql } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import type { Actor } from "./actor.ts";
import { keyHashOf } from "./api-key.ts";
import { deleteExpiredSessions, saveSession } from "./session-store.ts";

/** A working day; then one signs in again. */
export const SESSION_LASTS_MS = 12 * 60 * 60 * 1000;

/** Signs `actor` in. `token` goes into the cookie and is kept nowhere; `expiresAt` in ms since the epoch. */
export async function openSession(
  { db, clock, random }: { db: Sql; clock: Clock; random: Random },
  actor: Actor,
): Promise<{ token: string; expiresAt: number }> {
  const token = random.bytes(32).toString("base64url");
  const now = clock.now();
  const expiresAt = now + SESSION_LASTS_MS;
  await deleteExpiredSessions(db, now);
  await saveSession(db, { hash: keyHashOf(token), actor, expiresAt });
  return { token, expiresAt };
}
