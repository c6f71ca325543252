import texts from "../messages/en/doctor.json" with { type: "json" };
import { textOf, type Values } from "../messages/text.ts";

/**
 * The result of a check. `skipped` says why in its sentence; only `bad` prevents Sharekeeper from working.
 */
type Verdict = "ok" | "warning" | "bad" | "skipped";

/** One point of the examination; `repair` says what to do when it is not ok. */
export interface Finding {
  check: CheckId;
  title: string;
  state: Verdict;
  sentence: string;
  repair: string | null;
}

type Texts = typeof texts;
export type CheckId = Exclude<keyof Texts, "lead_in" | "needs" | "needs_setting" | "unclear">;
type OutcomeOf<Id extends CheckId> = Exclude<keyof Texts[Id], "title">;

export const doctorText = textOf("en", texts);
const titleOf = (check: CheckId): string => doctorText(`${check}.title`);

/** Makes findings of one check from its sentences. */
export type Speaker<Id extends CheckId> = (
  state: Verdict,
  outcome: OutcomeOf<Id>,
  values?: Values,
) => Finding;

export function speakerOf<Id extends CheckId>(check: Id): Speaker<Id> {
  return (state, outcome, values) => {
    const [sentence, repair] = ["sentence", "repair"].map((part) => `${check}.${String(outcome)}.${part}`);
    if (sentence === undefined || !doctorText.has(sentence))
      throw new Error(`Broken assumption: ${check} has no ${String(outcome)}`);
    return {
      ...{ check, title: titleOf(check), state, sentence: doctorText(sentence, values) },
      repair: repair !== undefined && doctorText.has(repair) ? doctorText(repair, values) : null,
    };
  };
}

/** Meta gave no clear answer: throttled, in trouble, or not reachable. */
export function unclearFinding(check: CheckId, answer: string): Finding {
  const sentence = doctorText("unclear.sentence", { answer });
  return { check, title: titleOf(check), state: "warning", sentence, repair: doctorText("unclear.repair") };
}

export function skippedFinding(check: CheckId, lacking: readonly CheckId[]): Finding {
  const checks = lacking.map((id) => `"${titleOf(id)}"`).join(", ");
  return skipped(check, doctorText("needs", { checks }));
}

export function unsetFinding(check: CheckId, setting: string): Finding {
  return skipped(check, doctorText("needs_setting", { setting }));
}

const skipped = (check: CheckId, sentence: string): Finding => ({
  ...{ check, title: titleOf(check), state: "skipped", sentence, repair: null },
});

export function renderFindings(findings: readonly Finding[]): string {
  return findings
    .map(({ state, check, title, sentence, repair }) => {
      const line = `${state.padEnd(8)} ${title}: ${sentence}  [${check}]`;
      return repair === null ? line : `${line}\n           ${doctorText("lead_in")} ${repair}`;
    })
    .join("\n");
}
