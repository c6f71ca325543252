import type { Sql } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { ADMIN_KEY_ACTOR, type Actor } from "./actor.ts";
import { isKeyOf, keyHashOf } from "./api-key.ts";
import { findApiKeyActor } from "./api-key-store.ts";
import { findSessionActor, type SessionRules } from "./session-store.ts";

/** What a request shows: the header X-API-Key, or the token of the session cookie. */
export interface Credentials {
  apiKey?: string | undefined;
  sessionToken?: string | undefined;
}

/** Who calls. */
export interface Caller {
  actor: Actor;
  /** The session that was used; null for a key. */
  sessionId: string | null;
  /** Whether a password alone, or a link, was enough. What single sign-on asks is the provider's matter. */
  isSingleFactor: boolean;
  /** Of the key, or of the session's token. */
  hash: Buffer;
}

/** What a use is judged by. */
interface FindDeps {
  db: Sql;
  clock: Clock;
  rules: SessionRules;
  /**
   * Whether the use of a session keeps it from going idle: not where a program asks that nobody has touched.
   * The use of a key is always noted.
   */
  notesUse: boolean;
}

/**
 * The caller, or undefined when unknown. A key that is sent decides alone: a valid cookie does not replace a
 * wrong key.
 */
export async function findCaller(
  { db, clock, rules, notesUse }: FindDeps,
  { apiKey, sessionToken }: Credentials,
): Promise<Caller | undefined> {
  if (apiKey !== undefined) {
    const hash = keyHashOf(apiKey);
    const actor = isKeyOf(apiKey, rules.adminKeyHash)
      ? ADMIN_KEY_ACTOR
      : await findApiKeyActor(db, hash, clock.now());
    return actor && { actor, sessionId: null, isSingleFactor: false, hash };
  }
  if (sessionToken === undefined) return undefined;
  const hash = keyHashOf(sessionToken);
  const found = await findSessionActor(db, rules, hash, { now: clock.now(), notesUse });
  return found && { ...found, hash };
}
