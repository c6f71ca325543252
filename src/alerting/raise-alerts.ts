/**
 * One turn of whoever raises alerts. All instances take turns: each change is made under one lock.
 *
 * 1. Follow the journal: what began and what ended by its lines, with the cursor, in one transaction. So each
 *    line counts once, with several instances and after a crash.
 * 2. Compare what holds by other sources (incidents, our own faults) with what is recorded.
 * 3. Judge the alerts that are due, and plan what people are told, in one transaction.
 */

import type { Database, Tx } from "../database/database.ts";
import { findOpenIncidents } from "../sharing/incidents/incident-store.ts";
import { readJournal, type JournalLine } from "../sharing/record/journal-store.ts";
import {
  findAlertsBegin,
  findNextAlertTurn,
  hastenFutureAlerts,
  hasNewLines,
  lockAlerts,
  saveAlertCursor,
} from "./alert-store.ts";
import { judgeDueAlerts, type JudgeAlertsDeps } from "./judge-due-alerts.ts";
import { recordSignals, type RecordSignalsDeps } from "./record-signals.ts";
import { replaceSignals, type CurrentSignals } from "./replace-signals.ts";
import type { Signal } from "./signal.ts";
import { findSilent, readOpenSignalsOf } from "./signal-store.ts";
import { signalsOf, type ReadLine } from "./signals-of.ts";

export interface RaiseAlertsDeps extends RecordSignalsDeps, JudgeAlertsDeps {
  db: Database;
  /** What is wrong with this Sharekeeper itself, at present. */
  ownFaults(): Promise<CurrentSignals>;
}

const LINES_AT_ONCE = 1000;

/** @returns when the next alert is due by the injected clock, in ms since the epoch */
export async function raiseAlerts(deps: RaiseAlertsDeps): Promise<number | void> {
  const { db, clock } = deps;
  await hastenFutureAlerts(db, clock.now());
  while (await hasNewLines(db)) await db.transaction((tx) => followJournal(tx, deps));
  await db.transaction(async (tx) => replaceSignals(tx, deps, await readTrouble(tx)));
  await judgeDueAlerts(deps);
  // Last: a fault in finding faults holds up no alert about a WABA.
  const faults = await deps.ownFaults();
  await db.transaction((tx) => replaceSignals(tx, deps, faults));
  await judgeDueAlerts(deps);
  return (await findNextAlertTurn(db)) ?? undefined;
}

async function followJournal(tx: Tx, deps: RecordSignalsDeps): Promise<void> {
  const cursor = await lockAlerts(tx);
  const lines = await readJournal(tx, cursor, LINES_AT_ONCE);
  const last = lines.at(-1);
  if (last === undefined) return;
  const assetIds = [...new Set(lines.map(({ assetId }) => assetId))];
  const known = await readOpenSignalsOf(tx, assetIds);
  const untold = { silent: await findSilent(tx, assetIds), beginsAt: await findAlertsBegin(tx) };
  await recordSignals(tx, deps, signalsOf(lines.map(readLineOf), known, untold));
  await saveAlertCursor(tx, last.seq);
}

const readLineOf = ({ assetId, numberId, type, at, data }: JournalLine): ReadLine => ({
  ...{ assetId, numberId, type, at: at.getTime(), state: data.state, mode: data.mode ?? "enforce" },
  statusBefore: data.before?.status ?? null,
});

/** Many WABAs that fail together. A dead token of ours is told by its own rule. */
async function readTrouble(tx: Tx): Promise<CurrentSignals> {
  const incidents = await findOpenIncidents(tx);
  const current = incidents
    .filter(({ reason }) => reason !== "provider_token_invalid")
    .map(({ connectionId, about, openedAt, mostTroubled }): Signal => ({
      ...{ rule: "meta_trouble", subject: `connection:${connectionId}`, assetId: null, cause: about },
      ...{ beganAt: openedAt, detail: { troubled: mostTroubled } },
    }));
  return { rules: ["meta_trouble"], current };
}
