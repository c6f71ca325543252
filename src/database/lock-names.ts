import type { Tx } from "./database.ts";

/**
 * Locks these names until the transaction ends. Other transactions that lock one of them wait, on every
 * instance. The names are taken in one order, so that no two transactions wait for each other.
 */
export async function lockNames(tx: Tx, ...names: readonly string[]): Promise<void> {
  await tx.query("select pg_advisory_xact_lock(hashtext(name)) from unnest($1::text[]) as name", [
    names.toSorted(),
  ]);
}
