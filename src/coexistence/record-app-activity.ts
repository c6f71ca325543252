import type { Database, Tx } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { appendLines } from "../sharing/record/append-lines.ts";
import type { By } from "../sharing/record/record-observation.ts";
import { lockShare, type ShareRow } from "../sharing/record/share-store.ts";
import { insertAppActivity, lockAppActivity, saveConfirmed } from "./app-activity-store.ts";
import { appActivityStateOf, isNews, isAnnounced, type Confirmation } from "./app-activity.ts";

export interface AppActivityDeps {
  db: Database;
  clock: Clock;
}

interface Confirmed {
  numberId: string;
  /** When the app was opened, ms since the epoch. */
  at: number;
  how: Confirmation;
  by: By;
}

/**
 * Records that the app of a coexistence number was opened, by a person's report or an echo. The count begins
 * anew; an older confirmation moves nothing back.
 *
 * @returns whether there is such a share
 */
export async function recordAppActivity(
  deps: AppActivityDeps,
  input: { assetId: string } & Confirmed,
): Promise<boolean> {
  return deps.db.transaction(async (tx) => {
    const share = await lockShare(tx, input.assetId);
    if (share === undefined) return false;
    await recordConfirmed(tx, share, input, deps.clock.now());
    return true;
  });
}

/** The same in the transaction that holds the share. */
export async function recordConfirmed(
  tx: Tx,
  share: ShareRow,
  { numberId, at, how, by }: Confirmed,
  now: number,
): Promise<void> {
  const known = await lockAppActivity(tx, numberId);
  if (!isNews(known, at, how, now)) return;
  const { assetId, connectionId } = share;
  if (known === undefined) await insertAppActivity(tx, { numberId, assetId, connectionId }, at);
  await saveConfirmed(tx, numberId, { at, by: how, announced: appActivityStateOf(at, now) });
  if (isAnnounced(known, how)) await appendAppActivity(tx, share, { numberId, event: "confirmed", by }, now);
}

/** One line in the journal about a number's app activity. The derived state of the share does not change. */
export async function appendAppActivity(
  tx: Tx,
  share: ShareRow,
  line: { numberId: string; event: "due_soon" | "overdue" | "confirmed"; by: By },
  now: number,
): Promise<void> {
  const { assetId } = share;
  const { numberId, by } = line;
  const type = `coexistence.app_activity.${line.event}`;
  await appendLines(tx, [{ assetId, numberId, by, type, changed: ["app_activity"] }], now);
}
