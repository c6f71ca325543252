import { DAY } from "../sharing/model/timings.ts";
import { SYSTEM } from "../sharing/record/record-observation.ts";
import { lockShare } from "../sharing/record/share-store.ts";
import { stateOf } from "../sharing/status/share-state.ts";
import {
  findNextReminderAt,
  lockAppActivity,
  readUnannounced,
  saveAnnouncedActivity,
  saveUnannounced,
} from "./app-activity-store.ts";
import { appActivityStateOf, isCounted } from "./app-activity.ts";
import { appendAppActivity, type AppActivityDeps } from "./record-app-activity.ts";

const BATCH = 100;

/**
 * Announces every app that should be opened soon, or should have been: once for each change of its state, by
 * whichever instance comes first.
 *
 * @returns when to check again by the injected clock: within a day, so that a clock that jumps is followed
 */
export async function raiseActivityReminders(deps: AppActivityDeps): Promise<number> {
  // One instant for the whole run. Reminders that fall due during it are due again at once.
  const now = deps.clock.now();
  await saveUnannounced(deps.db, now);
  for (;;) {
    const due = await readUnannounced(deps.db, now, BATCH);
    let raisedCount = 0;
    for (const one of due) raisedCount += (await raiseOne(deps, one)) ? 1 : 0;
    if (due.length < BATCH || raisedCount === 0) break;
  }
  return Math.min((await findNextReminderAt(deps.db, now)) ?? Infinity, now + DAY);
}

/** Returns whether this instance announced it; another may have been first. */
async function raiseOne(
  { db, clock }: AppActivityDeps,
  { assetId, numberId }: { assetId: string; numberId: string },
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const share = await lockShare(tx, assetId);
    const known = await lockAppActivity(tx, numberId);
    const now = clock.now();
    if (share === undefined || known === undefined || !isCounted(stateOf(share.record, now))) return false;
    const state = appActivityStateOf(known.countedFrom, now);
    if (state === "fresh" || state === known.announced) return false;
    await saveAnnouncedActivity(tx, numberId, state);
    await appendAppActivity(tx, share, { numberId, event: state, by: SYSTEM }, now);
    return true;
  });
}
