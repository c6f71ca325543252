import type { Tx } from "../database/database.ts";
import { lockAlerts } from "./alert-store.ts";
import { recordSignals, type RecordSignalsDeps } from "./record-signals.ts";
import type { RuleId } from "./rules.ts";
import { keyOf, type Signal, type SignalChanges, type SignalKey } from "./signal.ts";
import { readOpenSignals } from "./signal-store.ts";

/** All that holds of these rules. */
export interface CurrentSignals {
  rules: readonly RuleId[];
  current: readonly Signal[];
}

/**
 * Of these rules `current` holds and nothing else: what is new begins, and what is gone ends now. `beganAt`
 * of a signal that holds already is ignored. Where nothing changed, nothing is locked.
 */
export async function replaceSignals(
  tx: Tx,
  deps: RecordSignalsDeps,
  { rules, current }: CurrentSignals,
): Promise<void> {
  const changes = async (): Promise<SignalChanges> =>
    changesOf(await readOpenSignals(tx, rules), current, deps.clock.now());
  const { begun, ended } = await changes();
  if (begun.length === 0 && ended.length === 0) return;
  await lockAlerts(tx);
  await recordSignals(tx, deps, await changes());
}

type Known = SignalKey & { cause: string | null };

function changesOf(known: readonly Known[], current: readonly Signal[], now: number): SignalChanges {
  const holding = new Map(known.map((signal) => [keyOf(signal), signal.cause]));
  const wanted = new Map(current.map((signal) => [keyOf(signal), signal]));
  return {
    begun: [...wanted].flatMap(([key, signal]) => (holding.get(key) === signal.cause ? [] : [signal])),
    ended: known.flatMap((signal) =>
      wanted.get(keyOf(signal))?.cause === signal.cause
        ? []
        : [{ rule: signal.rule, subject: signal.subject, at: now, why: "over" as const }],
    ),
  };
}
