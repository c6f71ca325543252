import { metaScreenOf } from "../../../recovery/meta-screens.ts";
import type { ShareState } from "../../../sharing/status/share-state.ts";
import {
  workingChecksOf,
  type WorkingCheck,
  type WorkingCheckName,
} from "../../../sharing/status/setup-issues.ts";
import { instantOf, joinSentences, reasonSentenceOf, type Names } from "../../../sharing/status/sentences.ts";
import en from "../../../texts/en.json" with { type: "json" };
import { fillText } from "../../../texts/fill-text.ts";
import type { WabaJson } from "./waba-schema.ts";

const REASONS: Record<string, string> = en.working.no;

/** Green is not yet working: each check in its order, what stands in one row, what limps in a row each. Empty while nothing stands. */
export function renderWorking(
  { limps, partnerModel }: Pick<ShareState, "limps" | "partnerModel">,
  names: Names,
  place: { wabaId: string; clientBusinessId: string | null; businessSuiteUrl: string },
): WabaJson["setup_checks"] {
  if (limps === null || limps === undefined) return [];
  return workingChecksOf(partnerModel).flatMap((check) => {
    const rows = limps.filter((limp) => limp.check === check);
    return (rows.length === 0 ? [standing(check)] : rows).map((row) => ({
      check,
      verdict: row.verdict,
      who_must_act: row.who,
      title: en.working.title[check],
      text: textOf(row, names),
      number_id: row.numberId ?? null,
      ...hrefOf(metaScreenOf(row, place, place.businessSuiteUrl)),
    }));
  });
}

const hrefOf = (href: string | undefined): { href?: string } => (href === undefined ? {} : { href });

function standing(check: WorkingCheckName): WorkingCheck {
  return { check, verdict: "yes", who: "nobody", reason: "proven", words: null, solution: null };
}

function textOf(row: WorkingCheck, names: Names): string {
  const { check, verdict, reason, words, solution } = row;
  if (verdict === "yes") return en.working.yes[check];
  const values = { client: names.client, partner: names.partner, words: words ?? "", since: sinceOf(row) };
  const observed = names.isObserved === true ? REASONS[`${reason}_observed`] : undefined;
  const own = observed ?? (Object.hasOwn(REASONS, reason) ? REASONS[reason] : undefined);
  const advice = solution === null ? "" : fillText(en.working.solution, { solution });
  if (own !== undefined) return joinSentences(fillText(own, values).trim(), advice);
  if (reason.startsWith("meta:")) return fillText(en.working.word, { word: reason.slice("meta:".length) });
  return verdict === "unknown" ? en.working.unknown[check] : reasonSentenceOf(reason, names);
}

const sinceOf = ({ since }: WorkingCheck): string => (since === undefined ? "" : instantOf(since));

/** What the condition of the webhooks tells besides: its override is gone. */
export function overrideSentenceOf({ limps }: Pick<ShareState, "limps">, names: Names): string {
  const lost = limps?.find(({ reason }) => reason === "override_lost");
  return lost === undefined ? "" : textOf(lost, names);
}
