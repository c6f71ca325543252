import { newId } from "../../lib/new-id.ts";
import type { By } from "../../sharing/record/record-observation.ts";
import type { VerifyDeps } from "../../sharing/probe/verify-share.ts";
import { addTotals, faultsOf, NO_TOTALS, type GivenRow } from "./import-plan.ts";
import {
  findGiven,
  insertImport,
  insertRows,
  lockImport,
  saveImport,
  type WabaImport,
} from "./import-store.ts";
import type { Tx } from "../../database/database.ts";

export type RowWish = Omit<GivenRow, "n">;

/**
 * Begins an import. With `more` it waits for later rows (`openImportRows`), else it starts. @returns its id
 */
export async function openImport(
  deps: Pick<VerifyDeps, "db" | "clock" | "random">,
  input: {
    connectionId: string;
    dryRun: boolean;
    mode: WabaImport["mode"];
    /** Null: everything that Meta lists. */
    rows: readonly RowWish[] | null;
    more: boolean;
    by: By;
  },
): Promise<string> {
  const { connectionId, dryRun, mode, rows, by } = input;
  const now = deps.clock.now();
  const run: WabaImport = {
    id: newId("imp", deps.random),
    connectionId,
    dryRun,
    mode,
    state: "open",
    rowCount: rows === null ? null : 0,
    after: null,
    totals: NO_TOTALS,
    failure: null,
    failureCount: 0,
    createdBy: by.actor,
    requestId: by.requestId,
    createdAt: now,
    endedAt: null,
  };
  await deps.db.transaction(async (tx) => {
    await insertImport(tx, run);
    await addRows(tx, run, rows ?? [], input.more ? null : now);
  });
  return run.id;
}

/** Adds rows to an open import. @returns false when it is not open */
export async function openImportRows(
  deps: Pick<VerifyDeps, "db" | "clock">,
  input: { importId: string; rows: readonly RowWish[]; more: boolean },
): Promise<boolean> {
  return deps.db.transaction(async (tx) => {
    const run = await lockImport(tx, input.importId);
    if (run?.state !== "open") return false;
    await addRows(tx, run, input.rows, input.more ? null : deps.clock.now());
    return true;
  });
}

/** @param startAt null: more rows are to come */
async function addRows(
  tx: Tx,
  run: WabaImport,
  wishes: readonly RowWish[],
  startAt: number | null,
): Promise<void> {
  const before = run.rowCount ?? 0;
  const rows = wishes.map((wish, index) => ({ ...wish, n: before + index + 1 }));
  const given = await findGiven(
    tx,
    run.id,
    rows.map((row) => row.wabaId),
  );
  const faults = faultsOf(rows, given);
  await insertRows(tx, run.id, rows, faults);
  const next: WabaImport = {
    ...run,
    rowCount: run.rowCount === null ? null : before + rows.length,
    totals: addTotals(run.totals, { invalid: faults.size }),
    state: startAt === null ? "open" : "running",
  };
  await saveImport(tx, next, startAt);
}
