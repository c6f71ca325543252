import { isDeepStrictEqual } from "node:util";
import { abandonExpiredSignups } from "./abandon-signup.ts";
import { advanceSignup } from "./advance-signup.ts";
import type { SignupDeps } from "../signup-deps.ts";
import { withdrawOffers } from "./hosted-store.ts";
import { takeHosted } from "./take-hosted.ts";
import type { NumberSeen } from "../../sharing/model/setup-reading.ts";
import { hastenRegistration, readRegistrationsLeft } from "../register/registration-store.ts";
import { findNextSignupAt, readDueSignups, saveSignup } from "./signup-store.ts";

const AT_ONCE = 8;
/**
 * The retry delay of a signup that failed, because its secret cannot be opened or the database was
 * unreachable.
 */
const FAILED_REPEAT_MS = 30_000;

/**
 * Continues every signup that needs no person, each once per round. A failed signup does not delay others.
 *
 * @returns when the next one is due
 * @throws the first failure, after everything else is done
 */
export async function advanceSignups(deps: SignupDeps): Promise<number | undefined> {
  const beganAt = deps.clock.now();
  await takeHosted(deps);
  await withdrawOffers(deps.db, beganAt);
  await wakeRegistrations(deps);
  const failures: unknown[] = [];
  const taken: string[] = [];
  for (;;) {
    const due = await readDueSignups(deps.db, deps.clock.now(), { limit: AT_ONCE, except: taken });
    if (due.length === 0) break;
    taken.push(...due);
    failures.push(...(await advanceAll(deps, due)));
  }
  await abandonExpiredSignups(deps);
  if (failures.length > 0) throw failures[0];
  return (await findNextSignupAt(deps.db, beganAt)) ?? undefined;
}

const BATCH = 100;

/**
 * The cause of a refused registration may have changed: then it is retried now instead of after its pause.
 */
async function wakeRegistrations(deps: Pick<SignupDeps, "db" | "clock">): Promise<void> {
  for (let afterId = ""; ;) {
    const left = await readRegistrationsLeft(deps.db, deps.clock.now(), afterId, BATCH);
    for (const { signupId, seen, now } of left)
      if (!isDeepStrictEqual(wordsIn(seen), wordsIn(now)))
        await hastenRegistration(deps.db, signupId, deps.clock.now());
    if (left.length < BATCH) return;
    afterId = left.at(-1)?.signupId ?? "";
  }
}

/** The quality rating changes with messages: it does not affect a registration. */
function wordsIn(byId: unknown): unknown {
  const numbers = Object.entries((byId ?? {}) as Record<string, NumberSeen>);
  return Object.fromEntries(numbers.map(([id, { status, nameStatus }]) => [id, [status, nameStatus]]));
}

async function advanceAll(deps: SignupDeps, ids: string[]): Promise<unknown[]> {
  const ends = await Promise.allSettled(ids.map((id) => advanceSignup(deps, id)));
  const failures: unknown[] = [];
  for (const [index, end] of ends.entries()) {
    if (end.status === "fulfilled") continue;
    failures.push(end.reason);
    await saveSignup(deps.db, ids[index] ?? "", { nextStepAt: deps.clock.now() + FAILED_REPEAT_MS });
  }
  return failures;
}
