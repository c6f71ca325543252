import type { Tx } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import { newId } from "../lib/new-id.ts";
import type { Random } from "../lib/random.ts";
import { readRoutes } from "./alert-route-store.ts";
import { countUsualLosses, lockAlerts, readOpenAlerts, saveAlerts } from "./alert-store.ts";
import type { Alert } from "./alert.ts";
import { keyOf, type BegunSignal, type SignalChanges } from "./signal.ts";
import { placesOf, type Places } from "./signal-places.ts";
import {
  countHolding,
  endSignals,
  findHolding,
  insertSignals,
  readRoutedAssets,
  readSubjects,
} from "./signal-store.ts";

export interface RecordSignalsDeps {
  clock: Clock;
  random: Random;
}

/**
 * Records what began and what ended, each signal in an alert that it joins or opens. What people are told of
 * it is decided in the next turn. Waits for whoever else raises alerts, and keeps them waiting until the
 * transaction ends. A signal that holds already changes nothing; neither does the end of one that did not.
 */
export async function recordSignals(
  tx: Tx,
  deps: RecordSignalsDeps,
  { begun, ended }: SignalChanges,
): Promise<void> {
  if (begun.length === 0 && ended.length === 0) return;
  await lockAlerts(tx);
  const rules = [...new Set([...begun, ...ended].map(({ rule }) => rule))];
  const open = await readOpenAlerts(tx, rules);
  const counts = await countHolding(
    tx,
    open.map(({ id }) => id),
  );
  const gone = await endSignals(tx, ended);
  const fresh = await withoutHolding(tx, begun);
  const places = await preparePlaces(tx, deps, { open, counts, fresh });
  const placed = placesOf(places, fresh, gone);
  const touched = new Set([...placed, ...gone].map(({ alertId }) => alertId));
  const changed = places.open.map(({ alert }) => alert).filter(({ id }) => touched.has(id));
  // Whatever joined or ended may make it due.
  for (const alert of changed) alert.nextTurnAt = deps.clock.now();
  await saveAlerts(tx, await withUsual(tx, changed, open));
  await insertSignals(tx, placed);
}

async function withoutHolding(tx: Tx, begun: readonly BegunSignal[]): Promise<BegunSignal[]> {
  const holding = new Set((await findHolding(tx, begun)).map(keyOf));
  return begun.filter((signal) => {
    const isNew = !holding.has(keyOf(signal));
    if (signal.end === undefined) holding.add(keyOf(signal));
    return isNew;
  });
}

async function preparePlaces(
  tx: Tx,
  { random }: Pick<RecordSignalsDeps, "random">,
  known: { open: readonly Alert[]; counts: ReadonlyMap<string, number>; fresh: readonly BegunSignal[] },
): Promise<Places> {
  const { open, counts, fresh } = known;
  const assets = await readRoutedAssets(
    tx,
    fresh.flatMap(({ assetId }) => assetId ?? []),
  );
  const subjects = Map.groupBy(
    await readSubjects(
      tx,
      open.map(({ id }) => id),
      fresh.map(({ subject }) => subject),
    ),
    ({ alertId }) => alertId,
  );
  return {
    open: open.map((alert) => ({
      alert: { ...alert },
      holdingCount: counts.get(alert.id) ?? 0,
      subjects: new Set(subjects.get(alert.id)?.map(({ subject }) => subject)),
    })),
    routes: fresh.length === 0 ? [] : await readRoutes(tx),
    routedOf: ({ assetId }) => assets.get(assetId ?? "") ?? { clientId: null, tags: [], ownerIds: [] },
    newId: () => newId("alr", random),
  };
}

/** New alerts of losses say how many are usual. */
async function withUsual(tx: Tx, changed: readonly Alert[], open: readonly Alert[]): Promise<Alert[]> {
  const known = new Set(open.map(({ id }) => id));
  const isLoss = (alert: Alert): boolean => alert.rule === "share_lost" && !known.has(alert.id);
  const first = changed.find(isLoss);
  if (first === undefined) return [...changed];
  const usualPerDay = await countUsualLosses(tx, first.startedAt);
  return changed.map((alert) => (isLoss(alert) ? { ...alert, usualPerDay } : alert));
}
