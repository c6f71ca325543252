import { EAR_OUTCOMES, mayMend, type KnownEar } from "../../../connection/webhook-check.ts";
import en from "../../../texts/en.json" with { type: "json" };
import { fillText } from "../../../texts/fill-text.ts";
import { isoOf, isoOrNull } from "../wabas/render-waba.ts";

/** One of our own ears as the API tells it: what was found, and what to do about it. Pure. */
export function renderEar(ear: KnownEar) {
  const { check, outcome, detail } = ear;
  const { ok } = EAR_OUTCOMES[outcome];
  const mends: Record<string, string> = en.ears.mend;
  return {
    check,
    ok,
    outcome,
    words: fillText(en.ears.words[outcome], { callback: "", ...detail }),
    mend: mends[outcome] ?? null,
    mended_by: ok ? null : mayMend(outcome) ? ("sharekeeper" as const) : ("operator" as const),
    at: isoOf(ear.at),
    since: isoOf(ear.since),
    mended_at: isoOrNull(ear.mendedAt),
  };
}
