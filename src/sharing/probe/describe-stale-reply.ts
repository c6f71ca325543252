import type { LookNote } from "./describe-probe.ts";
import type { LateAnswer } from "../rules/stale-replies.ts";

/** The timeline's entry about late answers, one for a look; null when there are none. */
export function describeLate(
  late: readonly LateAnswer[],
  look: { askedAt: number; source: string },
): LookNote | null {
  if (late.length === 0) return null;
  return {
    kind: "look",
    source: look.source,
    title: "look.late",
    detail: late
      .map(({ condition, known, answered }) => `${condition}: ${answered}, not ${known}`)
      .join("; "),
    evidence: { asked_at: new Date(look.askedAt).toISOString(), dropped: late },
  };
}
