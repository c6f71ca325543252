import { lockNames } from "../database/lock-names.ts";
import type { Database } from "../database/database.ts";
import { parseInboxMonth } from "./inbox-months.ts";

/** So many rows go with one statement: locks stay short, also when a retention is shortened. */
const BATCH = 5_000;

/**
 * Drops the webhook bodies that are older than `olderThan` (ms since the epoch). A month that is older as a
 * whole goes with its partition, which costs nothing; of the month that the limit cuts, rows are deleted. A
 * row that still waits is never dropped, and keeps its month. Resolves with the partitions dropped and the
 * count of rows deleted.
 */
export async function dropOldInbox(
  { db }: { db: Database },
  olderThan: number,
): Promise<{ partitions: string[]; deletedCount: number }> {
  const partitions: string[] = [];
  for (const partition of await findOldPartitions(db, olderThan))
    if (await dropPartition(db, partition)) partitions.push(partition);
  let deletedCount = 0;
  for (let count = BATCH; count === BATCH; deletedCount += count) count = await deleteBatch(db, olderThan);
  return { partitions, deletedCount };
}

async function findOldPartitions(db: Database, olderThan: number): Promise<string[]> {
  const rows = await db.query<{ name: string }>(
    "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'inbox'::regclass order by 1",
  );
  return rows
    .map(({ name }) => name)
    .filter((name) => (parseInboxMonth(name)?.toAt ?? Infinity) <= olderThan);
}

async function dropPartition(db: Database, partition: string): Promise<boolean> {
  return db.transaction(async (tx) => {
    // The lock that makes partitions, so that two instances do not drop the same one.
    await lockNames(tx, "sharekeeper.inbox_partition");
    const [there] = await tx.query<{ exists: boolean }>("select to_regclass($1) is not null as exists", [
      partition,
    ]);
    if (there?.exists !== true) return false;
    const waiting = await tx.query(`select 1 from ${partition} where processed_at is null limit 1`);
    if (waiting.length > 0) return false;
    await tx.query(`drop table ${partition}`);
    return true;
  });
}

async function deleteBatch(db: Database, olderThan: number): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    `with gone as (
       delete from inbox where (received_at, id) in (
         select received_at, id from inbox where received_at < $1 and processed_at is not null limit $2
       ) returning 1
     ) select count(*)::int as count from gone`,
    [new Date(olderThan), BATCH],
  );
  return row?.count ?? 0;
}
