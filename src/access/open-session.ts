import type { Act } from "./act.ts";
import type { Database } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import { keyHashOf, secretOf } from "./api-key.ts";
import { deleteExpiredSessions, saveSession, type Credential } from "./session-store.ts";

export interface SignIn {
  credential: Credential;
  /** From where; for the list of sessions. */
  address: string | null;
  agent: string | null;
}

const AGENT_LENGTH = 300;

/**
 * Signs somebody in. `token` goes into the cookie and is kept nowhere; `expiresAt` in ms since the epoch.
 *
 * @param act of whose line in the audit the session is the target
 */
export async function openSession(
  { db, clock, random, sessionMs }: { db: Database; clock: Clock; random: Random; sessionMs: number },
  { credential, address, agent }: SignIn,
  act?: Pick<Act, "note">,
): Promise<{ id: string; token: string; expiresAt: number }> {
  const token = secretOf(random);
  const id = newId("ses", random);
  const now = clock.now();
  const expiresAt = now + sessionMs;
  act?.note({ target: { type: "session", id }, detail: { with: credential.with } });
  await db.transaction(async (tx) => {
    await deleteExpiredSessions(tx, now);
    await saveSession(tx, {
      ...{ id, hash: keyHashOf(token), credential, address, at: now, expiresAt },
      agent: agent?.slice(0, AGENT_LENGTH) ?? null,
    });
  });
  return { id, token, expiresAt };
}
