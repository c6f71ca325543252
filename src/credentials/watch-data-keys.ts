import type { Database } from "../database/database.ts";
import { Mutex } from "../lib/mutex.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import { DATA_KEY_NOTICE } from "./data-key-store.ts";
import { deleteKeyringInstance, saveKeyringInstance } from "./keyring-instance-store.ts";
import type { OpenKeyring } from "./open-keyring.ts";

/** The keyring of a running instance, kept current, and its report for rotations. */
export interface WatchedDataKeys {
  keyring: OpenKeyring;
  /** Of this instance, for rotations. */
  instanceId: string;
  /** Reads the data keys again and reports what is known: twice a minute, for a notice may be lost. */
  report(): Promise<void>;
  close(): Promise<void>;
}

/**
 * `onForeign` is called once for each data key that another ENCRYPTION_KEY wraps, `onFault` for a notice that
 * could not be followed; the next `report` repairs that.
 */
export async function watchDataKeys(
  { db, random, keyring }: { db: Database; random: Random; keyring: OpenKeyring },
  { onForeign, onFault }: { onForeign(dataKeyId: string): void; onFault(error: unknown): void },
): Promise<WatchedDataKeys> {
  const instanceId = newId("ins", random);
  const reports = new Mutex();
  const said = new Set<string>();
  const report = (): Promise<void> =>
    reports.run(async () => {
      await keyring.reload(db);
      const { known, sealsWith, foreign } = keyring.state();
      for (const id of foreign.filter((each) => !said.has(each))) onForeign(id);
      for (const id of foreign) said.add(id);
      await saveKeyringInstance(db, { id: instanceId, known, sealsWith });
    });
  const notice = (): void => void report().catch(onFault);
  const stop = await db.listen(DATA_KEY_NOTICE, notice, notice);
  await report();
  return {
    keyring,
    instanceId,
    report,
    async close() {
      await stop();
      await reports.run(() => deleteKeyringInstance(db, instanceId));
    },
  };
}
