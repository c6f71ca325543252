/**
 * A lease: one instance works on a row until an instant that stands in a column of the row. An instance that
 * dies releases nothing; then its lease runs out, and another instance continues.
 */

import type { Sql } from "./database.ts";

export interface Lease {
  now: Date;
  until: Date;
  /**
   * No lease ends later than this, so one that does was taken before the clock was set back, and is void. The
   * clocks of the instances differ by less than a lease.
   */
  latest: Date;
}

/** A lease from `now`, in ms since the epoch, for `forMs`. */
export function leaseFrom(now: number, forMs: number): Lease {
  return { now: new Date(now), until: new Date(now + forMs), latest: new Date(now + 2 * forMs) };
}

/** The condition that no instance holds the row. `now` and `latest` are parameters like `$1`. */
export function isFree(column: string, now: string, latest: string): string {
  return `(${column} is null or ${column} <= ${now} or ${column} > ${latest})`;
}

/** Ends this lease and no other: after one that has run out, the row may be another instance's. */
export async function endLease(
  sql: Sql,
  row: { table: string; key: string; column: string },
  id: string,
  { until }: Lease,
): Promise<void> {
  const { table, key, column } = row;
  await sql.query(`update ${table} set ${column} = null where ${key} = $1 and ${column} = $2`, [id, until]);
}
