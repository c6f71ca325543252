import { DAY } from "../sharing/model/timings.ts";
import { SYSTEM } from "../sharing/record/record-observation.ts";
import { lockShare } from "../sharing/record/share-store.ts";
import { stateOf } from "../sharing/status/share-state.ts";
import {
  findNextReminderAt,
  lockHeartbeat,
  readUntold,
  saveToldHeartbeat,
  saveUntold,
} from "./app-activity-store.ts";
import { heartbeatStateOf, isCounted } from "./app-activity.ts";
import { appendHeartbeat, type HeartbeatDeps } from "./record-app-activity.ts";

const BATCH = 100;

/**
 * Tells of every app that should be opened soon, or should have been: once a turn of its state, whichever instance comes first.
 *
 * @returns when to look again by this world's clock: a day at most, so that a clock that jumps is followed
 */
export async function raiseHeartbeats(deps: HeartbeatDeps): Promise<number> {
  // One instant for the whole turn: what falls due while it runs lies ahead of it, so that it is due again at once.
  const now = deps.clock.now();
  await saveUntold(deps.db, now);
  for (;;) {
    const due = await readUntold(deps.db, now, BATCH);
    let raisedCount = 0;
    for (const one of due) raisedCount += (await raiseOne(deps, one)) ? 1 : 0;
    if (due.length < BATCH || raisedCount === 0) break;
  }
  return Math.min((await findNextReminderAt(deps.db, now)) ?? Infinity, now + DAY);
}

/** Returns whether it was told here; another instance may have been first. */
async function raiseOne(
  { db, clock }: HeartbeatDeps,
  { assetId, numberId }: { assetId: string; numberId: string },
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const share = await lockShare(tx, assetId);
    const known = await lockHeartbeat(tx, numberId);
    const now = clock.now();
    if (share === undefined || known === undefined || !isCounted(stateOf(share.memory, now))) return false;
    const state = heartbeatStateOf(known.countedFrom, now);
    if (state === "fresh" || state === known.told) return false;
    await saveToldHeartbeat(tx, numberId, state);
    await appendHeartbeat(tx, share, { numberId, turn: state, by: SYSTEM }, now);
    return true;
  });
}
