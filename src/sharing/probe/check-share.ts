import { startStopwatch } from "../../lib/stopwatch.ts";
import type { ShareRecord } from "../model/share-record.ts";
import { isRequired } from "../model/partner-model.ts";
import type { By } from "../record/record-observation.ts";
import { BAD_REPEAT, CHECK_DISTRUSTS_FOR, FAILED_PROBES } from "../model/timings.ts";
import { verifyShare, type VerifyDeps } from "./verify-share.ts";

/** A check is answered within this real time, however Meta behaves. */
const CHECK_BOUND_MS = 10_000;

/**
 * Probes Meta now, and again until the facts are settled. A bad probe is repeated after 1 s and the two
 * count. An inconclusive one is repeated. An answer that a young hint holds back is awaited. After 10 s it
 * returns what is known.
 */
export async function checkShare(deps: VerifyDeps, input: { assetId: string; by: By }): Promise<void> {
  const elapsedMs = startStopwatch();
  let waited = false;
  for (;;) {
    const step = await withinMs(
      deps,
      CHECK_BOUND_MS - elapsedMs(),
      verifyShare(deps, { ...input, trigger: "check", waited }),
    );
    if (step === undefined) return;
    const now = deps.clock.now();
    const waitMs = unsettledMs(step.record, now);
    if (waitMs === null || elapsedMs() + waitMs > CHECK_BOUND_MS - 500) return;
    await deps.clock.pause(waitMs);
    waited = true;
    // Under a frozen clock waiting does not help.
    if (step.record.heldUntil !== null && deps.clock.now() === now) return;
  }
}

/** How long to wait before another probe can prove more; null when the facts are settled. */
function unsettledMs(record: ShareRecord, now: number): number | null {
  const facts = [
    record.facts.Shared,
    record.facts.FullControl,
    record.facts.TokenValid,
    record.facts.MessagingAllowed,
    ...(isRequired(record, "AppInstalled") ? [record.facts.AppInstalled] : []),
  ];
  const numberFacts = Object.values(record.numbers).map((number) => number.facts.NumberConnected);
  const isDistrusting =
    record.repair !== null && record.repair.how !== "import" && now - record.repair.at < CHECK_DISTRUSTS_FOR;
  if ([...facts, ...numberFacts].some((fact) => fact.badAt !== null))
    return isDistrusting ? null : BAD_REPEAT;
  if (record.inconclusive !== null) {
    const isUncounted = facts.some(
      (fact) => fact.status === "True" && fact.failedCount > 0 && fact.failedCount < FAILED_PROBES,
    );
    return isUncounted ? BAD_REPEAT : null;
  }
  return record.heldUntil === null ? null : Math.max(100, record.heldUntil - now);
}

/** The result, or undefined when it takes longer. The work itself continues. */
async function withinMs<T>(
  deps: Pick<VerifyDeps, "clock">,
  ms: number,
  work: Promise<T>,
): Promise<T | undefined> {
  const done = new AbortController();
  const bound = deps.clock.pause(Math.max(0, ms), done.signal).then(() => undefined);
  try {
    return await Promise.race([work, bound]);
  } finally {
    done.abort();
  }
}
