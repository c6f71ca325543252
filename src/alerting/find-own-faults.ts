import { statfs } from "node:fs/promises";
import { readWebhookChecks } from "../connection/webhook-check-store.ts";
import type { Database } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { OWN_FAULT_RULES, ownFaultsOf, type OwnState } from "./own-faults.ts";
import { readOwnReadings } from "./own-readings-store.ts";
import type { CurrentSignals } from "./replace-signals.ts";

export interface OwnFaultDeps extends Pick<OwnState, "versions" | "sweepPeriodMs"> {
  db: Database;
  clock: Clock;
  /** The directory of the embedded database. */
  dataDir: string;
}

/** All that is wrong now with this Sharekeeper, its connection to Meta, or what it delivers to. */
export async function findOwnFaults(deps: OwnFaultDeps): Promise<CurrentSignals> {
  const { db, clock, versions, sweepPeriodMs } = deps;
  const now = clock.now();
  const state = {
    ...(await readOwnReadings(db, now)),
    webhookChecks: await readWebhookChecks(db),
    disk: db.kind === "embedded" ? await readDisk(deps) : null,
  };
  return { rules: OWN_FAULT_RULES, current: ownFaultsOf({ ...state, versions, sweepPeriodMs }, now) };
}

/** `bavail`: what is left to us, without what the system reserves for root. Null: it cannot be read. */
async function readDisk({ dataDir }: Pick<OwnFaultDeps, "dataDir">): Promise<OwnState["disk"]> {
  try {
    const { bavail, blocks, bsize } = await statfs(dataDir);
    return blocks === 0 ? null : { free: bavail * bsize, total: blocks * bsize };
  } catch {
    return null;
  }
}
