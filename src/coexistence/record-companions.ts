import type { Tx } from "../database/database.ts";
import { SYSTEM, type ShareTransition } from "../sharing/record/record-observation.ts";
import { signupOf, type NumberState } from "../sharing/status/share-state.ts";
import { insertAppActivity } from "./app-activity-store.ts";
import { recordConfirmed } from "./record-app-activity.ts";

/**
 * In the transaction of a step: a number that proves to be used in the WhatsApp Business app is counted from
 * now on. A finished signup confirms activity, because it requires the app.
 */
export async function recordCompanions(tx: Tx, transitions: readonly ShareTransition[]): Promise<void> {
  for (const transition of transitions)
    for (const number of transition.after.numbers.filter(({ coexistence }) => coexistence)) {
      const old = transition.before?.numbers.find(({ numberId }) => numberId === number.numberId);
      if (old?.coexistence !== true)
        await insertAppActivity(tx, { ...transition.share, ...number }, transition.at);
      await recordSignup(tx, transition, { number, old });
    }
}

async function recordSignup(
  tx: Tx,
  { share, record, at: now }: ShareTransition,
  { number, old }: { number: NumberState; old: NumberState | undefined },
): Promise<void> {
  const at = signupOf(number);
  if (at === null || (old !== undefined && signupOf(old) === at)) return;
  const confirmed = { numberId: number.numberId, at, how: "signup", by: SYSTEM } as const;
  // The journal line carries the share after the step, because readers use the newest line.
  await recordConfirmed(tx, { ...share, record }, confirmed, now);
}
