import type { z } from "@hono/zod-openapi";
import { KEPT_ROWS } from "../../../onboarding/import/advance-imports.ts";
import type { ImportResult } from "../../../onboarding/import/import-plan.ts";
import { findImport, readOutcomes, type WabaImport } from "../../../onboarding/import/import-store.ts";
import { Problem } from "../../../problems.ts";
import { english } from "../../../messages/english.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import type { ImportSchema } from "./import-schema.ts";
import { isoOf } from "../wabas/render-waba.ts";

/** An import as it is now, with the first rows of the wanted results. */
export async function readImport(
  deps: Pick<HttpDeps, "db">,
  importId: string,
  results: ImportResult[] | null,
): Promise<z.input<typeof ImportSchema>> {
  const run = await findImport(deps.db, importId);
  if (run === undefined) throw new Problem("import_not_found", { id: importId });
  const outcomes = await readOutcomes(deps.db, importId, results, KEPT_ROWS);
  return {
    id: run.id,
    dry_run: run.dryRun,
    mode: run.mode,
    state: run.state,
    failure: run.failure,
    created_at: isoOf(run.createdAt),
    ended_at: run.endedAt === null ? null : isoOf(run.endedAt),
    totals: run.totals,
    rows: rowsOf(run),
    data: outcomes.map(({ n, wabaId, name, client, result, why }) => {
      const message = why === null ? null : english(`import.why.${why}`);
      return { row: run.rowCount === null ? null : n, waba_id: wabaId, name, client, result, why, message };
    }),
  };
}

function rowsOf({ rowCount, totals }: WabaImport): { read: number; waiting: number } | null {
  if (rowCount === null) return null;
  const { imported, adopted, known, invalid } = totals;
  return { read: rowCount, waiting: rowCount - imported - adopted - known - invalid };
}

const WAIT_MS = 10_000;
const ASK_EVERY_MS = 100;

/** Waits until an import is over, in wall-clock time, so that a small import answers with its end. */
export async function untilImportEnds(
  deps: Pick<HttpDeps, "db" | "wallClock" | "stopping">,
  importId: string,
): Promise<void> {
  const until = deps.wallClock.now() + WAIT_MS;
  while (deps.wallClock.now() < until && !deps.stopping.aborted) {
    const run = await findImport(deps.db, importId);
    if (run === undefined || run.endedAt !== null) return;
    await deps.wallClock.pause(ASK_EVERY_MS, deps.stopping);
  }
}
