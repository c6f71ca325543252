import type { Database } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { findCurrentLinks, LINK_NOTICE, readLiveLinks } from "./reshare-link-store.ts";
import { outcomeOf } from "./reshare-link.ts";
import { Mutex } from "../lib/mutex.ts";

/** The live link of each WABA in memory, so that a refusal in the gateway names it without a query. */
export interface WatchedLinks {
  /** The id of the live link, or null. */
  find(assetId: string): string | null;
  /** Reloads the links of the given WABAs: before their gate changes in memory, and after our own write. */
  learn(assetIds: readonly string[]): Promise<void>;
  /** Reloads all links. It runs now and then, because a notice may be lost. */
  reload(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Loads the live links and keeps them current. `onFault` is called for a notice that could not be processed;
 * the next `reload` repairs that.
 */
export async function watchReshareLinks(
  { db, clock }: { db: Database; clock: Clock },
  onFault: (error: unknown) => void,
): Promise<WatchedLinks> {
  let known = new Map<string, { id: string; expiresAt: number; revokedAt: number | null }>();
  /** One read at a time, in order, because an older answer must not overwrite a newer one. */
  const reads = new Mutex();
  const read = async (assetIds: readonly string[]): Promise<void> => {
    const links = await findCurrentLinks(db, assetIds);
    for (const assetId of assetIds) known.delete(assetId);
    for (const link of links) known.set(link.assetId, link);
  };
  const learn = (assetIds: readonly string[]): Promise<void> => reads.run(() => read(assetIds));
  /**
   * Notices usually come one by one, and thousands at once in a burst. Those that come during a read are read
   * together after it.
   */
  const noticed = new Set<string>();
  const notice = (assetId: string): void => {
    noticed.add(assetId);
    if (noticed.size > 1) return;
    const readNoticed = (): Promise<void> => {
      const assetIds = [...noticed];
      noticed.clear();
      return read(assetIds);
    };
    reads.run(readNoticed).catch(onFault);
  };
  const reload = (): Promise<void> =>
    reads.run(async () => {
      const links = await readLiveLinks(db, clock.now());
      known = new Map(links.map((link) => [link.assetId, link]));
    });
  const stop = await db.listen(LINK_NOTICE, notice);
  await reload();
  return {
    find(assetId) {
      const link = known.get(assetId);
      return link !== undefined && outcomeOf(link, clock.now()) === "live" ? link.id : null;
    },
    learn,
    reload,
    async close() {
      await stop();
      await reads.run(async () => undefined);
    },
  };
}
