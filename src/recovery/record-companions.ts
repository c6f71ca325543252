import type { Tx } from "../database/database.ts";
import { SYSTEM, type Turn } from "../sharing/record-observation.ts";
import type { ShareRow } from "../sharing/share-store.ts";
import { signupOf, type NumberState } from "../sharing/state.ts";
import { insertHeartbeat } from "./heartbeat-store.ts";
import { recordConfirmed } from "./record-heartbeat.ts";

/**
 * In the transaction of a step: a number that turns out to live in the WhatsApp Business app is counted from now on, and a finished
 * signup, which nobody gets through without the app, confirms it.
 */
export async function recordCompanions(tx: Tx, share: ShareRow, turn: Turn): Promise<void> {
  for (const number of turn.after.numbers.filter(({ coexistence }) => coexistence)) {
    const old = turn.before?.numbers.find(({ numberId }) => numberId === number.numberId);
    if (old?.coexistence !== true) await insertHeartbeat(tx, { ...share, ...number }, turn.at);
    await recordSignup(tx, share, { number, old }, turn.at);
  }
}

async function recordSignup(
  tx: Tx,
  share: ShareRow,
  { number, old }: { number: NumberState; old: NumberState | undefined },
  now: number,
): Promise<void> {
  const at = signupOf(number);
  if (at === null || (old !== undefined && signupOf(old) === at)) return;
  await recordConfirmed(tx, share, { numberId: number.numberId, at, how: "signup", by: SYSTEM }, now);
}
