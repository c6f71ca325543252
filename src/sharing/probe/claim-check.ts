import type { Clock } from "../../lib/clock.ts";
import type { Database } from "../../database/database.ts";
import { saveCheckAsked } from "./check-ask-store.ts";
import { CHECKS_PER_MINUTE, MINUTE } from "../model/timings.ts";

/**
 * Claims one check of a WABA by a person or a program, within the limit that all of them share.
 *
 * @returns 0 when the check may run, else how many ms to wait
 */
export async function claimCheck(
  { db, clock }: { db: Database; clock: Clock },
  assetId: string,
): Promise<number> {
  const now = clock.now();
  const oldest = await saveCheckAsked(db, { assetId, now, since: now - MINUTE, most: CHECKS_PER_MINUTE });
  return oldest === null ? 0 : Math.max(1000, oldest + MINUTE - now);
}
