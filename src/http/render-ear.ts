import { EAR_OUTCOMES, type Ear } from "../sharing/ears.ts";
import en from "../texts/en.json" with { type: "json" };
import { fillText } from "../texts/fill-text.ts";
import { isoOf, isoOrNull } from "./render-waba.ts";

/** One of our own ears as the API tells it: what was found, and what to do about it. Pure. */
export function renderEar(ear: Ear) {
  const { check, outcome, detail } = ear;
  const mends: Record<string, string> = en.ears.mend;
  return {
    check,
    ok: EAR_OUTCOMES[outcome].ok,
    outcome,
    words: fillText(en.ears.words[outcome], { callback: "", ...detail }),
    mend: mends[outcome] ?? null,
    at: isoOf(ear.at),
    mended_at: isoOrNull(ear.mendedAt),
  };
}
