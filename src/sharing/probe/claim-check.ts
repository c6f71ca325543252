import type { Clock } from "../../lib/clock.ts";
import type { Database } from "../../database/database.ts";
import { saveCheckAsked } from "./check-ask-store.ts";
import { CHECKS_PER_MINUTE, MINUTE } from "../model/timings.ts";

/**
 * Asks to check a WABA by a person's or a program's order, on the limit that all of them share.
 *
 * @returns 0 when it may, else how many ms to wait
 */
export async function claimCheck(
  { db, clock }: { db: Database; clock: Clock },
  assetId: string,
): Promise<number> {
  const now = clock.now();
  const oldest = await saveCheckAsked(db, { assetId, now, since: now - MINUTE, most: CHECKS_PER_MINUTE });
  return oldest === null ? 0 : Math.max(1000, oldest + MINUTE - now);
}
