import type { ProbeNote } from "./describe-probe.ts";
import type { StaleReply } from "../rules/stale-replies.ts";

/** The timeline entry about stale replies, one for each probe; null when there are none. */
export function describeStaleReply(
  late: readonly StaleReply[],
  probe: { askedAt: number; source: string },
): ProbeNote | null {
  if (late.length === 0) return null;
  return {
    kind: "probe",
    source: probe.source,
    title: "probe.stale",
    detail: late
      .map(({ condition, known, answered }) => `${condition}: ${answered}, not ${known}`)
      .join("; "),
    evidence: { asked_at: new Date(probe.askedAt).toISOString(), dropped: late },
  };
}
