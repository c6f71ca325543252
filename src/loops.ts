import type { Logger } from "pino";
import { ensureInboxPartitions } from "./inbox/ensure-inbox-partitions.ts";
import type { Clock } from "./lib/clock.ts";
import { startLoop, type Loop } from "./lib/loop.ts";
import type { OpenChannelKeys } from "./messaging/open-channel-keys.ts";
import type { WatchedLinks } from "./recovery/watch-reshare-links.ts";
import type { GateCache } from "./sharing/gate-cache.ts";
import { processInbox, type ProcessInboxDeps } from "./sharing/process-inbox.ts";
import type { Sweeper } from "./sharing/sweep-shares.ts";
import type { VerifyDeps } from "./sharing/verify-share.ts";
import { walkListing } from "./sharing/walk-listing.ts";

export interface LoopDeps extends ProcessInboxDeps, VerifyDeps {
  log: Logger;
  connectionIds: string[];
  sweeper: Sweeper;
  gate: GateCache;
  channelKeys: OpenChannelKeys;
  links: WatchedLinks;
}

const SECOND = 1000;
const HOUR = 3600 * SECOND;

/** All background work: name, how long it rests at the most (wall clock), what one turn does. A turn may say when it is next due. */
const LOOPS: { name: LoopName; everyMs: number; run(deps: LoopDeps): Promise<number | void> }[] = [
  { name: "inbox", everyMs: SECOND, run: (deps) => processInbox(deps) },
  { name: "looks", everyMs: SECOND, run: (deps) => deps.sweeper.begin() },
  { name: "gate", everyMs: SECOND, run: (deps) => deps.gate.follow() },
  { name: "listing", everyMs: HOUR, run: walkAll },
  { name: "channel keys", everyMs: 30 * SECOND, run: (deps) => deps.channelKeys.reload() },
  { name: "reshare links", everyMs: 30 * SECOND, run: (deps) => deps.links.reload() },
  {
    name: "inbox partitions",
    everyMs: HOUR,
    run: async (deps) => void (await ensureInboxPartitions(deps, deps.clock.now())),
  },
];

export type LoopName =
  "inbox" | "looks" | "gate" | "listing" | "channel keys" | "reshare links" | "inbox partitions";

/** The bulk walk of every connection, once a sweep of this world's clock. */
async function walkAll(deps: LoopDeps): Promise<number> {
  for (const connectionId of deps.connectionIds) {
    const account = deps.accountOf(connectionId);
    if (account !== undefined) await walkListing(deps, account);
  }
  return deps.clock.now() + deps.sweepPeriodMs;
}

export function startLoops(clock: Clock, deps: LoopDeps): Map<LoopName, Loop> {
  return new Map(
    LOOPS.map(({ name, everyMs, run }) => [
      name,
      startLoop(clock, {
        name,
        everyMs,
        run: () => run(deps),
        failed: (error) => deps.log.error({ loop: name, err: error }, "a turn failed; the next one comes"),
      }),
    ]),
  );
}
