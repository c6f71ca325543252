import type { Database } from "../database/database.ts";
import { keyedColumnsOf, type SealedColumns } from "../database/sealed-column.ts";
import { deleteDataKey, findUnusedDataKeys, lockDataKeys, saveResealedAt } from "./data-key-store.ts";
import { readSealedCounts } from "./reseal-rows.ts";

/** Longer than any transaction, and than what is short-lived. */
const KEPT_MS = 24 * 3_600_000;

/**
 * Deletes the old data keys with which nothing is sealed, a day after the last row was. Where a row is found,
 * the rotation goes on. Resolves with the ids that are gone.
 */
export async function dropUnusedDataKeys({
  db,
  columns,
}: {
  db: Database;
  columns: SealedColumns;
}): Promise<string[]> {
  const dropped: string[] = [];
  for (const id of await findUnusedDataKeys(db, KEPT_MS))
    await db.transaction(async (tx) => {
      await lockDataKeys(tx);
      const sealed = (await readSealedCounts(tx, keyedColumnsOf(columns))).get(id) ?? {};
      if (columns.lasting.some(({ table }) => (sealed[table] ?? 0) > 0)) {
        await saveResealedAt(tx, [id], false);
      } else if (Object.keys(sealed).length === 0) {
        await deleteDataKey(tx, id);
        dropped.push(id);
      }
    });
  return dropped;
}
