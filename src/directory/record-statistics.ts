import type { Database } from "../database/database.ts";

/** Up to this many WABAs every plan is fast. */
const WORTH_PLANNING = 128;

/**
 * Lets PostgreSQL count the rows again when the number of WABAs has doubled. Its own upkeep comes once a
 * minute; until then it plans for empty tables, and what takes a millisecond took fifteen seconds with 9,000
 * WABAs (docs/benchmarks.md).
 */
export async function recordStatistics(db: Database, before: number, after: number): Promise<void> {
  const size = (count: number): number => Math.floor(Math.log2(Math.max(1, count)));
  if (after <= WORTH_PLANNING || size(after) <= size(before)) return;
  await db.query("analyze client, asset, meta_id, number, share");
}
