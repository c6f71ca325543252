import { lockNames } from "../database/lock-names.ts";
import type { Database } from "../database/database.ts";
import { AUDIT_LOCK } from "./audit-store.ts";

/** So many lines go with one transaction: acts wait for it. */
const BATCH = 5_000;

/**
 * Drops the lines at the beginning of the chain that are older than `olderThan` (ms since the epoch), and
 * keeps the hash of the last one, so that the rest can still be verified. An old line behind a newer one
 * stays: the clock was set back. Resolves with the count of lines dropped.
 */
export async function dropOldAudit({ db }: { db: Database }, olderThan: number): Promise<number> {
  let total = 0;
  for (let count = BATCH; count === BATCH; total += count) count = await dropBatch(db, olderThan);
  return total;
}

async function dropBatch(db: Database, olderThan: number): Promise<number> {
  return db.transaction(async (tx) => {
    await lockNames(tx, AUDIT_LOCK);
    await tx.query("set local sharekeeper.audit_retention = 'on'");
    const dropped = await tx.query<{ id: string; hash: Buffer; at: Date }>(
      `delete from audit where id in (
         select id from audit
         where id < coalesce((select min(id) from audit where at >= $1), 9223372036854775807)
         order by id limit $2
       ) returning id, hash, at`,
      [new Date(olderThan), BATCH],
    );
    const [last] = dropped.toSorted((one, other) => Number(other.id) - Number(one.id));
    if (last === undefined) return 0;
    await tx.query("delete from audit_anchor");
    await tx.query("insert into audit_anchor (id, hash, at) values ($1, $2, $3)", [
      ...[last.id, last.hash, last.at],
    ]);
    return dropped.length;
  });
}
