import type { Sql } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { ADMIN_KEY_ACTOR } from "./actor.ts";
import type { Actor } from "./actor.ts";
import { isKeyOf, keyHashOf } from "./api-key.ts";
import { findApiKeyActor } from "./api-key-store.ts";
import { findSessionActor } from "./session-store.ts";

/** What a request shows: the header X-API-Key, or the token of the session cookie. */
export interface Credentials {
  apiKey?: string | undefined;
  sessionToken?: string | undefined;
}

/**
 * The caller, or undefined when unknown. A key that is sent decides alone: a valid cookie does not replace a
 * wrong key.
 */
export async function findActor(
  { db, clock, adminKeyHash }: { db: Sql; clock: Clock; adminKeyHash: Buffer },
  { apiKey, sessionToken }: Credentials,
): Promise<Actor | undefined> {
  if (apiKey !== undefined) {
    return isKeyOf(apiKey, adminKeyHash) ? ADMIN_KEY_ACTOR : findApiKeyActor(db, keyHashOf(apiKey));
  }
  if (sessionToken === undefined) return undefined;
  return findSessionActor(db, keyHashOf(sessionToken), clock.now());
}
