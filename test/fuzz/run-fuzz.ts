import { randomOf } from "../simulation/random-source.ts";
import { ANSWER_TARGET } from "./answer-target.ts";
import { faultOf, shrink, type Target } from "./target.ts";
import { WEBHOOK_TARGET } from "./webhook-target.ts";

export interface Finding {
  target: string;
  seed: number;
  fault: string;
  /** The smallest case found that is broken in the same way, line by line. */
  story: string[];
  /** The cases to run again, where one case alone is not the whole cause. */
  replay?: { seed: number; count: number };
}

export interface Outcome {
  /** Bodies or answers that went through. */
  count: number;
  cases: number;
  findings: Finding[];
}

export const PURE_TARGETS = { webhooks: WEBHOOK_TARGET, answers: ANSWER_TARGET } as const;

/** Runs cases with the seeds `seed`, `seed` + 1, … until `count` bodies went through, or enough was found. */
export async function fuzz<Case>(
  target: Target<Case>,
  { seed, count, mostFindings = 10 }: { seed: number; count: number; mostFindings?: number },
): Promise<Outcome> {
  const outcome: Outcome = { count: 0, cases: 0, findings: [] };
  for (let at = seed; outcome.count < count && outcome.findings.length < mostFindings; at += 1) {
    const input = target.make(randomOf(at));
    const fault = await faultOf(target, input);
    outcome.cases += 1;
    outcome.count += target.sizeOf(input);
    if (fault === null) continue;
    const smallest = await shrink(target, input, fault);
    const [shown, story] = [await faultOf(target, smallest), target.describe(smallest)];
    outcome.findings.push({ target: target.name, seed: at, fault: shown ?? fault, story });
  }
  return outcome;
}
