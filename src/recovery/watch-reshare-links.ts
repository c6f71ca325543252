import type { Database } from "../database/database.ts";
import { openWatchedMap, type WatchedMap } from "../database/watched-map.ts";
import type { Clock } from "../lib/clock.ts";
import { LINK_NOTICE, readLiveLinks } from "./reshare-link-store.ts";
import { outcomeOf, type ReshareLink } from "./reshare-link.ts";

/** The live link of each WABA in memory, so that a refusal in the gateway names it without a query. */
export interface WatchedLinks extends Omit<WatchedMap<ReshareLink>, "get"> {
  /** The id of the live link, or null. */
  find(assetId: string): string | null;
}

/** `onFault` is called for a notice that could not be processed; the next `reload` repairs that. */
export async function watchReshareLinks(
  { db, clock }: { db: Database; clock: Clock },
  onFault: (error: unknown) => void,
): Promise<WatchedLinks> {
  const links = await openWatchedMap(db, {
    channel: LINK_NOTICE,
    async read(assetIds) {
      const live = await readLiveLinks(db, assetIds, clock.now());
      return new Map(live.map((link) => [link.assetId, link]));
    },
    onFault,
  });
  return {
    ...links,
    find(assetId) {
      const link = links.get(assetId);
      return link !== undefined && outcomeOf(link, clock.now()) === "live" ? link.id : null;
    },
  };
}
