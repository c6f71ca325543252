/**
 * A new data key takes the place of the current one, while all instances serve.
 *
 * 1. `beginRotation` makes the key, wrapped with ENCRYPTION_KEY. Nothing is sealed with it yet.
 * 2. Instances learn it from a notice, or within 30 s, and report what they know (watch-data-keys.ts). One
 *    that runs with another ENCRYPTION_KEY cannot learn it: the rotation waits until it is restarted or gone.
 * 3. Then the key becomes the current one. In the same transaction all data keys are wrapped anew, so from
 *    here on ENCRYPTION_KEY_PREVIOUS opens nothing.
 * 4. Every row is sealed with it (reseal-rows.ts), until none is left and no instance seals with an old key.
 * 5. A day later the old keys are deleted, unless a row is found (drop-unused-data-keys.ts).
 *
 * Each step begins where the data says that the last one ended. So any process may continue a rotation, after
 * a kill too, and several may do so at once.
 */
import type { Database, Tx } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import {
  deleteDataKey,
  lockDataKeys,
  makeDataKeyCurrent,
  readDataKeys,
  saveDataKey,
  saveResealedAt,
  saveWrapped,
  type DataKeyRow,
} from "./data-key-store.ts";
import { readKeyringInstances } from "./keyring-instance-store.ts";
import type { OpenKeyring } from "./open-keyring.ts";
import { readSealedCounts, resealRows, type ResealCounts, type ResealDeps } from "./reseal-rows.ts";

/**
 * Makes the new data key, and calls `onBegun` in the same transaction. When a rotation is unfinished, it
 * leaves all as it is: `continueRotation` goes on with that one. Resolves with the id of the new key, or
 * null.
 */
export async function beginRotation(
  { db, clock, keyring }: { db: Database; clock: Clock; keyring: OpenKeyring },
  onBegun: (tx: Tx, id: string) => Promise<void> | void,
): Promise<string | null> {
  return db.transaction(async (tx) => {
    await lockDataKeys(tx);
    await keyring.reload(tx);
    const rows = await readDataKeys(tx);
    if (isUnfinished(rows, keyring)) return null;
    // A key of a rotation that was begun with another ENCRYPTION_KEY: nothing was sealed with it.
    for (const { id, state } of rows) if (state === "new") await deleteDataKey(tx, id);
    const key = keyring.makeDataKey();
    await saveDataKey(tx, key, { state: "new", createdAt: clock.now() });
    await onBegun(tx, key.id);
    return key.id;
  });
}

/** Whether a rotation is under way that was begun with this ENCRYPTION_KEY. */
function isUnfinished(rows: readonly DataKeyRow[], keyring: OpenKeyring): boolean {
  const fresh = rows.find(({ state }) => state === "new");
  if (fresh !== undefined) return isWrapped(fresh, keyring);
  return rows.some(isUnresealed) && rows.every((row) => isWrapped(row, keyring));
}

/** Whether this ENCRYPTION_KEY wraps it. */
const isWrapped = (row: DataKeyRow, keyring: OpenKeyring): boolean =>
  keyring.state().known.includes(row.id) && keyring.wrapAnew(row) === null;

const isUnresealed = ({ state, resealedAt }: DataKeyRow): boolean => state === "old" && resealedAt === null;

export type RotationStep =
  /** No rotation is under way. */
  | { state: "idle" }
  /**
   * These instances do not know the new key, or do not seal with it. Empty: the rotation was begun elsewhere,
   * with another ENCRYPTION_KEY.
   */
  | { state: "waiting"; instanceIds: readonly string[] }
  /** The pass ended early, or rows are left that were locked or came late. */
  | ({ state: "unfinished" } & ResealCounts)
  | ({ state: "done" } & ResealCounts);

/** Takes a rotation one pass further. Call it again while the answer is `waiting` or `unfinished`. */
export async function continueRotation(
  deps: ResealDeps,
  stopping: AbortSignal,
  onBatch: (counts: ResealCounts) => void = () => undefined,
): Promise<RotationStep> {
  const { db, keyring } = deps;
  const rows = await readDataKeys(db);
  const fresh = rows.find(({ state }) => state === "new");
  if (fresh === undefined && !rows.some(isUnresealed)) return { state: "idle" };
  await keyring.reload(db);
  if (fresh !== undefined) {
    if (keyring.state().foreign.includes(fresh.id)) return { state: "waiting", instanceIds: [] };
    const instances = await readKeyringInstances(db);
    const without = instances.filter(({ known }) => !known.includes(fresh.id));
    if (without.length > 0) return { state: "waiting", instanceIds: without.map(({ id }) => id) };
    await useNewKey(deps, fresh.id);
  }
  const counts = await resealRows(deps, stopping, onBatch);
  return stopping.aborted ? { state: "unfinished", ...counts } : completeRotation(deps, counts);
}

async function useNewKey({ db, keyring }: Pick<ResealDeps, "db" | "keyring">, id: string): Promise<void> {
  await db.transaction(async (tx) => {
    await lockDataKeys(tx);
    const rows = await readDataKeys(tx);
    const fresh = rows.find((row) => row.id === id && row.state === "new");
    if (fresh === undefined) return;
    await makeDataKeyCurrent(tx, id);
    // Begun with the previous ENCRYPTION_KEY, it proves nothing of who has the present one.
    if (!isWrapped(fresh, keyring)) return;
    for (const row of rows) {
      const wrapped = keyring.wrapAnew(row);
      if (wrapped !== null) await saveWrapped(tx, row, wrapped);
    }
  });
  await keyring.reload(db);
}

/** Notes that nothing is left to seal, if so. Rows that no key opens do not count. */
async function completeRotation(
  { db, keyring, columns }: ResealDeps,
  counts: ResealCounts,
): Promise<RotationStep> {
  const { sealsWith } = keyring.state();
  const others = (await readKeyringInstances(db)).filter((instance) => instance.sealsWith !== sealsWith);
  if (others.length > 0) return { state: "waiting", instanceIds: others.map(({ id }) => id) };
  const oldIds = (await readDataKeys(db)).filter(isUnresealed).map(({ id }) => id);
  const sealed = await readSealedCounts(db, columns.lasting);
  sealed.delete(sealsWith);
  const leftCount = [...sealed.values()]
    .flatMap((byTable) => Object.values(byTable))
    .reduce((sum, count) => sum + count, 0);
  if (leftCount > counts.unreadableCount) return { state: "unfinished", ...counts };
  await saveResealedAt(db, oldIds, true);
  return { state: "done", ...counts };
}
