import { lockNames } from "../database/lock-names.ts";
import type { Database, Tx } from "../database/database.ts";
import { inboxMonthsOf } from "./inbox-months.ts";
import type { InboxMonth } from "./inbox-months.ts";

/**
 * Makes the partitions of this month and the next, so that old months can be dropped whole. Rows that went to
 * the default partition meanwhile move along. Call it at the start and once a day; `now` in ms since the
 * epoch. Resolves with the partitions it made.
 */
export async function ensureInboxPartitions({ db }: { db: Database }, now: number): Promise<string[]> {
  const made: string[] = [];
  for (const month of inboxMonthsOf(now)) {
    if (await db.transaction((tx) => ensurePartition(tx, month))) made.push(month.partition);
  }
  return made;
}

async function ensurePartition(tx: Tx, { partition, fromAt, toAt }: InboxMonth): Promise<boolean> {
  await lockNames(tx, "sharekeeper.inbox_partition");
  const [row] = await tx.query<{ exists: boolean }>("select to_regclass($1) is not null as exists", [
    partition,
  ]);
  if (row?.exists) return false;
  // Bounds must be literals in DDL; both are dates made here. The table is filled before it is attached,
  // because a partition may not claim rows that the default one holds.
  const bounds = [new Date(fromAt), new Date(toAt)];
  const [from, to] = bounds.map((bound) => `'${bound.toISOString()}'`);
  await tx.query(`create table ${partition} (like inbox including defaults)`);
  await tx.query("lock table inbox_default in access exclusive mode");
  await tx.query(
    `with moved as (delete from inbox_default where received_at >= $1 and received_at < $2 returning *)
     insert into ${partition} select * from moved`,
    bounds,
  );
  await tx.query(`alter table inbox attach partition ${partition} for values from (${from}) to (${to})`);
  return true;
}
