import { leaseFrom } from "../../database/lease.ts";
import { recordStatistics } from "../../directory/record-statistics.ts";
import { isMetaError } from "../../meta/error-code.ts";
import { explanationOf, type GraphReply } from "../../meta/graph-reply.ts";
import type { MetaAccount } from "../../sharing/probe/meta-account.ts";
import { listedPace, readListedPage } from "../../sharing/reconcile/read-listed-page.ts";
import type { VerifyDeps } from "../../sharing/probe/verify-share.ts";
import { verifyShare } from "../../sharing/probe/verify-share.ts";
import type { ListedWaba } from "../../meta/listed-waba.ts";
import { addTotals, countResults, NO_TOTALS } from "./import-plan.ts";
import {
  claimImport,
  findKnownWabas,
  findNamed,
  findNextImportAt,
  insertOutcomes,
  readWaitingRows,
  releaseImport,
  saveImport,
  saveOutcomes,
  type WabaImport,
} from "./import-store.ts";
import { BATCH } from "./import-wabas.ts";
import { readStrangers } from "./read-strangers.ts";
import { takeInWabas, type Candidate, type Taken } from "./take-in-wabas.ts";

const LEASE_MS = 120_000;
/** Batches per round: afterwards the loop may stop, or another import continues. */
const BATCHES_A_TURN = 10;
/** Rows that are stored for an import without given rows. */
export const KEPT_ROWS = 1000;
/**
 * Meta is asked again after 2 s, 4 s, …, five minutes at most. After this many failures in a row the import
 * ends.
 */
const MOST_SILENCES = 12;
const LONGEST_REST_MS = 300_000;

/** Continues the open imports. @returns when the next one continues */
export async function advanceImports(deps: VerifyDeps): Promise<number | undefined> {
  const lease = leaseFrom(deps.clock.now(), LEASE_MS);
  const run = await claimImport(deps.db, lease);
  if (run !== undefined) {
    try {
      await goOn(deps, run);
    } finally {
      await releaseImport(deps.db, run.id, lease);
    }
  }
  return (await findNextImportAt(deps.db)) ?? undefined;
}

async function goOn(deps: VerifyDeps, run: WabaImport): Promise<void> {
  const account = deps.accountOf(run.connectionId);
  if (account === undefined) return saveImport(deps.db, ended(deps, run, "unknown_connection"), null);
  let at = run;
  const pace = listedPace();
  for (let turn = 0; turn < BATCHES_A_TURN && at.state === "running"; turn += 1) {
    const next =
      at.after === LIST_ENDED
        ? await takeInAbsent(deps, at, account)
        : await takeInListed(deps, at, account, pace);
    if (next === null) return;
    at = next;
  }
  deps.wake();
}

/** Stored instead of Meta's cursor: the list was read to its end, and only rows that it lacked are left. */
const LIST_ENDED = "";

/** Reads and imports about one batch of the list. @returns null when Meta did not answer */
async function takeInListed(
  deps: VerifyDeps,
  run: WabaImport,
  account: MetaAccount,
  pace: ReturnType<typeof listedPace>,
): Promise<WabaImport | null> {
  const wabas: ListedWaba[] = [];
  let after = run.after;
  do {
    const page = await readListedPage(account, after, pace);
    if (page.kind === "stopped") return rest(deps, run, page.reply);
    wabas.push(...page.wabas);
    after = page.after;
  } while (after !== null && wabas.length < BATCH);
  const listed = [...new Map(wabas.map((waba) => [waba.wabaId, waba])).values()];
  const ids = listed.map((waba) => waba.wabaId);
  const named = run.rowCount === null ? null : await findNamed(deps.db, run.id, ids);
  const candidates = listed.flatMap((waba): Candidate[] => {
    const row = named?.get(waba.wabaId) ?? null;
    return named !== null && row === null ? [] : [{ ...waba, isListed: true, row }];
  });
  const isSmall = run.after === null && after === null;
  const counted = { listed: listed.length, not_named: listed.length - candidates.length };
  return takeIn(deps, run, { candidates, isSmall, counted, after: after ?? LIST_ENDED });
}

/**
 * Rows that Meta does not list. Known WABAs are reported as known. For the others Meta is asked one by one,
 * because its list may lag. A WABA that Meta does not know was never shared with us, which is an error of its
 * row. @returns null when Meta did not answer about each: those are asked for again
 */
async function takeInAbsent(
  deps: VerifyDeps,
  run: WabaImport,
  account: MetaAccount,
): Promise<WabaImport | null> {
  const rows = run.rowCount === null ? [] : await readWaitingRows(deps.db, run.id, BATCH);
  const ids = rows.map((row) => row.wabaId);
  const known = await findKnownWabas(deps.db, run.connectionId, ids);
  const strangers = await readStrangers(
    account,
    ids.filter((id) => !known.has(id)),
  );
  const candidates = rows.flatMap((row): Candidate[] => {
    const { wabaId } = row;
    const isListed = strangers.shown.has(wabaId);
    if (!isListed && !known.has(wabaId) && !strangers.unknown.has(wabaId)) return [];
    return [{ wabaId, name: null, ownerBusinessId: null, ownerName: null, isListed, row }];
  });
  const isSmall = run.totals.listed + (run.rowCount ?? 0) <= BATCH;
  const next = await takeIn(deps, run, { candidates, isSmall, counted: {}, after: LIST_ENDED });
  if (strangers.silent !== null)
    return rest(
      deps,
      { ...next, failureCount: candidates.length > 0 ? 0 : run.failureCount },
      strangers.silent,
    );
  if (rows.length === BATCH) return next;
  const over = ended(deps, next, null);
  await saveImport(deps.db, over, null);
  return over;
}

async function takeIn(
  deps: VerifyDeps,
  run: WabaImport,
  part: {
    candidates: Candidate[];
    isSmall: boolean;
    counted: { listed?: number; not_named?: number };
    after: string;
  },
): Promise<WabaImport> {
  const { connectionId, dryRun } = run;
  const by = { actor: run.createdBy, requestId: run.requestId };
  let next = run;
  const taken = await takeInWabas(
    deps,
    {
      connectionId,
      run,
      dryRun,
      candidates: part.candidates,
      probesWithinMs: part.isSmall ? 0 : deps.sweepPeriodMs,
      by,
    },
    async (tx, { outcomes }) => {
      const counted = addTotals(run.totals, part.counted);
      next = { ...run, after: part.after, failure: null, failureCount: 0 };
      next.totals = addTotals(counted, countResults(outcomes));
      if (run.rowCount === null)
        await insertOutcomes(
          tx,
          run.id,
          outcomes.slice(0, Math.max(0, KEPT_ROWS - run.totals.listed)),
          run.totals.listed + 1,
        );
      else await saveOutcomes(tx, run.id, outcomes);
      await saveImport(tx, next, deps.clock.now());
    },
  );
  if (!dryRun) await recordStatistics(deps.db, run.totals.listed, next.totals.listed);
  if (part.isSmall) await probeAtOnce(deps, taken, by);
  return next;
}

/** A small number of new WABAs is probed one after the other, so that the import shows their true state. */
async function probeAtOnce(
  deps: VerifyDeps,
  taken: Taken,
  by: { actor: string; requestId: string | null },
): Promise<void> {
  for (const assetId of taken.assetIds.values()) await verifyShare(deps, { assetId, trigger: "import", by });
}

/**
 * Meta did not answer with its list: it is asked again, from the beginning when it refused its own cursor.
 */
async function rest(
  deps: Pick<VerifyDeps, "db" | "clock">,
  run: WabaImport,
  reply: Exclude<GraphReply, { kind: "success" }>,
): Promise<null> {
  const failureCount = run.failureCount + 1;
  const failure = reply.kind === "refusal" ? explanationOf(reply.fault) : reply.detail;
  const isCursorRefused =
    reply.kind === "refusal" &&
    run.after !== null &&
    run.after !== LIST_ENDED &&
    isMetaError(reply.fault, "invalid_parameter", "object_missing");
  const begun = isCursorRefused
    ? { ...run, after: null, totals: { ...NO_TOTALS, invalid: run.totals.invalid } }
    : run;
  if (failureCount > MOST_SILENCES) {
    await saveImport(deps.db, ended(deps, run, failure), null);
    return null;
  }
  const restMs = Math.min(1000 * 2 ** failureCount, LONGEST_REST_MS);
  await saveImport(deps.db, { ...begun, failureCount, failure }, deps.clock.now() + restMs);
  return null;
}

function ended(deps: Pick<VerifyDeps, "clock">, run: WabaImport, failure: string | null): WabaImport {
  const state = failure === null ? "done" : "failed";
  return { ...run, state, failure, endedAt: deps.clock.now() };
}
