/**
 * An answer that goes on, such as an event stream or an export, ends with the session or key that opened it.
 *
 * 1. One query for all of this instance's open answers asks who still stands, by the rules of a normal use.
 *    It notes no use: an open stream keeps no session from going idle.
 * 2. It runs at every notice that access has changed, and every 4 s besides: an end by the clock gives no
 *    notice, and a notice may be lost.
 * 3. An answer ends, too, when its holder has another role or other limits now: it began with the old ones.
 * 4. While the database does not answer, the query is repeated every second. What was not confirmed for 5 s
 *    ends.
 */

import type { Logger } from "pino";
import type { Actor } from "../../access/actor.ts";
import { ACCESS_NOTICE } from "../../access/api-key-store.ts";
import type { Caller } from "../../access/find-caller.ts";
import { readStandingActors, type SessionRules } from "../../access/session-store.ts";
import type { Database } from "../../database/database.ts";
import type { Clock, Timer } from "../../lib/clock.ts";

const CHECK_EVERY_MS = 4_000;
const RETRY_MS = 1_000;
const LONGEST_UNCONFIRMED_MS = 5_000;

export interface CredentialWatch {
  /**
   * `ended` aborts when the caller's session or key does not stand any more. Call `leave` when the answer is
   * over.
   */
  follow(caller: Pick<Caller, "actor" | "hash">): { ended: AbortSignal; leave(): void };
  close(): Promise<void>;
}

interface WatchDeps {
  db: Database;
  clock: Clock;
  rules: SessionRules;
  log: Pick<Logger, "warn">;
}

interface Followed {
  actor: Actor;
  /** In hex. */
  hash: string;
  /** When the credential stood for certain, in ms. */
  confirmedAt: number;
  ending: AbortController;
}

/** Resolves once every later change of access is followed. */
export async function watchCredentials(deps: WatchDeps): Promise<CredentialWatch> {
  const open = new Set<Followed>();
  const checks = checksOf(deps, open);
  const unlisten = await deps.db.listen(ACCESS_NOTICE, checks.now, checks.now);
  return {
    follow({ actor, hash }) {
      const ending = new AbortController();
      const own = { actor, hash: hash.toString("hex"), confirmedAt: deps.clock.now(), ending };
      open.add(own);
      checks.later(CHECK_EVERY_MS);
      return { ended: ending.signal, leave: () => void open.delete(own) };
    },
    async close() {
      await unlisten();
      await checks.close();
    },
  };
}

/** The checks of the open answers: one at a time, and one more after it when a notice came meanwhile. */
function checksOf(deps: WatchDeps, open: Set<Followed>) {
  let timer: Timer | null = null;
  let running: Promise<void> | null = null;
  let isDue = false;
  let isClosed = false;
  let isKnown = true;

  const failed = (error: unknown): void => {
    if (isKnown) deps.log.warn({ err: error }, "could not check whose streams are open; trying again");
    isKnown = false;
  };
  const run = async (): Promise<void> => {
    while (isDue && open.size > 0) {
      isDue = false;
      await check(deps, open).then(() => (isKnown = true), failed);
    }
    running = null;
    timer?.cancel();
    timer = null;
    later(isKnown ? CHECK_EVERY_MS : RETRY_MS);
  };
  const now = (): void => {
    if (isClosed || open.size === 0) return;
    isDue = true;
    running ??= run();
  };
  const later = (ms: number): void => {
    if (isClosed || open.size === 0 || running !== null) return;
    timer ??= deps.clock.at(deps.clock.now() + ms, () => {
      timer = null;
      now();
    });
  };
  const close = async (): Promise<void> => {
    isClosed = true;
    timer?.cancel();
    await running;
  };
  return { now, later, close };
}

/** Ends what does not stand any more. Rejects when the database does not answer. */
async function check({ db, clock, rules }: Omit<WatchDeps, "log">, open: Set<Followed>): Promise<void> {
  const at = clock.now();
  const asked = [...open];
  try {
    const standing = await readStandingActors(db, rules, [...new Set(asked.map(({ hash }) => hash))], at);
    for (const each of asked) {
      if (isSame(standing.get(each.hash), each.actor)) each.confirmedAt = at;
      else end(open, each);
    }
  } catch (error) {
    for (const each of open) if (clock.now() - each.confirmedAt >= LONGEST_UNCONFIRMED_MS) end(open, each);
    throw error;
  }
}

function end(open: Set<Followed>, own: Followed): void {
  open.delete(own);
  own.ending.abort();
}

/** Whether the answer of a request would still be the same. */
function isSame(now: Actor | undefined, before: Actor): boolean {
  return now !== undefined && powersOf(now) === powersOf(before);
}

const powersOf = ({ id, role, scopes, clientId, connectionId }: Actor): string =>
  JSON.stringify([id, role, scopes, clientId, connectionId]);
