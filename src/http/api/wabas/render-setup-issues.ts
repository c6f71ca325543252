import { metaScreenOf } from "../../../recovery/meta-screens.ts";
import type { ShareState } from "../../../sharing/status/share-state.ts";
import {
  setupCheckNamesOf,
  type SetupCheck,
  type SetupCheckName,
} from "../../../sharing/status/setup-issues.ts";
import { instantOf, joinSentences, reasonSentenceOf, type Names } from "../../../sharing/status/sentences.ts";
import { english } from "../../../messages/english.ts";
import type { WabaJson } from "./waba-schema.ts";

/**
 * The setup checks: passed ones in one row, each setup issue in a row of its own. Empty while the share is
 * lost.
 */
export function renderSetupChecks(
  { setupIssues, partnerModel }: Pick<ShareState, "setupIssues" | "partnerModel">,
  names: Names,
  place: { wabaId: string; clientBusinessId: string | null; businessSuiteUrl: string },
): WabaJson["setup_checks"] {
  if (setupIssues === null || setupIssues === undefined) return [];
  return setupCheckNamesOf(partnerModel).flatMap((check) => {
    const rows = setupIssues.filter((setupIssue) => setupIssue.check === check);
    return (rows.length === 0 ? [standing(check)] : rows).map((row) => ({
      check,
      verdict: row.verdict,
      who_must_act: row.who,
      title: english(`labels.setup_check.${check}`),
      text: textOf(row, names),
      number_id: row.numberId ?? null,
      ...hrefOf(metaScreenOf(row, place, place.businessSuiteUrl)),
    }));
  });
}

const hrefOf = (href: string | undefined): { href?: string } => (href === undefined ? {} : { href });

function standing(check: SetupCheckName): SetupCheck {
  return { check, verdict: "yes", who: "nobody", reason: "proven", metaMessage: null, solution: null };
}

function textOf(row: SetupCheck, names: Names): string {
  const { check, verdict, reason, metaMessage, solution } = row;
  if (verdict === "yes") return english(`setup.yes.${check}`);
  const values = {
    client: names.client,
    partner: names.partner,
    metaMessage: metaMessage ?? "",
    since: sinceOf(row),
  };
  const exact = [...(names.isObserved === true ? [`setup.no.${reason}_observed`] : []), `setup.no.${reason}`];
  const own = exact.find((key) => english.has(key));
  const advice = solution === null ? "" : english("setup.solution", { solution });
  if (own !== undefined) return joinSentences(english(own, values).trim(), advice);
  if (reason.startsWith("meta:")) return english("setup.word", { word: reason.slice("meta:".length) });
  return verdict === "unknown" ? english(`setup.unknown.${check}`) : reasonSentenceOf(reason, names);
}

const sinceOf = ({ since }: SetupCheck): string => (since === undefined ? "" : instantOf(since));

/** An addition to the webhook condition: the override is lost. */
export function overrideSentenceOf({ setupIssues }: Pick<ShareState, "setupIssues">, names: Names): string {
  const lost = setupIssues?.find(({ reason }) => reason === "override_lost");
  return lost === undefined ? "" : textOf(lost, names);
}
