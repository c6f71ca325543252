import texts from "../messages/en/doctor.json" with { type: "json" };
import { fillText } from "../messages/fill-text.ts";

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
type Names = Record<string, string | number>;

/** Makes findings of one check from its sentences. */
export type Speaker<Id extends CheckId> = (state: Verdict, outcome: OutcomeOf<Id>, names?: Names) => Finding;

export function speakerOf<Id extends CheckId>(check: Id): Speaker<Id> {
  const sentences = texts[check] as unknown as Record<string, { sentence: string; repair?: string }>;
  return (state, outcome, names) => {
    const found = sentences[outcome as string];
    if (found === undefined) throw new Error(`Broken assumption: ${check} has no ${String(outcome)}`);
    const { sentence, repair } = found;
    const filled = repair === undefined ? null : fillText(repair, names);
    return { check, title: texts[check].title, state, sentence: fillText(sentence, names), repair: filled };
  };
}

/** Meta gave no clear answer: throttled, in trouble, or not reachable. */
export function unclearFinding(check: CheckId, answer: string): Finding {
  const { sentence, repair } = texts.unclear;
  return {
    check,
    title: texts[check].title,
    state: "warning",
    sentence: fillText(sentence, { answer }),
    repair,
  };
}

export function skippedFinding(check: CheckId, lacking: readonly CheckId[]): Finding {
  const checks = lacking.map((id) => `"${texts[id].title}"`).join(", ");
  const sentence = fillText(texts.needs, { checks });
  return { check, title: texts[check].title, state: "skipped", sentence, repair: null };
}

export function unsetFinding(check: CheckId, setting: string): Finding {
  const sentence = fillText(texts.needs_setting, { setting });
  return { check, title: texts[check].title, state: "skipped", sentence, repair: null };
}

export function renderFindings(findings: readonly Finding[]): string {
  return findings
    .map(({ state, check, title, sentence, repair }) => {
      const line = `${state.padEnd(8)} ${title}: ${sentence}  [${check}]`;
      return repair === null ? line : `${line}\n           ${texts.lead_in} ${repair}`;
    })
    .join("\n");
}
