import type { Fact } from "../model/fact.ts";
import type { NumberRecord, ShareRecord } from "../model/share-record.ts";
import { isKnownReason, REASONS, type WhoMustAct } from "../model/reason.ts";
import { partnerModelOf, type PartnerModelName } from "../model/partner-model.ts";
import { isMetaError } from "../../meta/error-code.ts";
import { nameIssueOf, numberIssueOf, type NumberIssue } from "./number-setup-issues.ts";
import { refusalMessageOf, sendingReasonOf } from "./sending.ts";
import type { HealthIssue } from "../model/setup-reading.ts";

/** The setup checks of a proven share, in the order in which pages show them. */
export const SETUP_CHECKS = [
  "system_user",
  "subscription",
  "payment",
  "number",
  "name",
  "health",
  "sending",
] as const;
export type SetupCheckName = (typeof SETUP_CHECKS)[number];

/** One setup check, judged. It only warns: status and gate ignore it. */
export interface SetupCheck {
  check: SetupCheckName;
  verdict: "yes" | "no" | "unknown";
  who: WhoMustAct;
  /** A reason in `setup.no` of the texts; `meta:WORD` for an unknown one of Meta. */
  reason: string;
  /** Meta's own text, as read. */
  metaMessage: string | null;
  /** The solution that Meta proposes. */
  solution: string | null;
  /** Our id, where it is about one number alone. */
  numberId?: string;
  /** Since when, ms since the epoch, where that is known. */
  since?: number;
}

type Verdict = Omit<SetupCheck, "check">;

/** Where the client granted only our app, none of our users is assigned. */
export function setupCheckNamesOf(model: PartnerModelName = "portfolio_share"): readonly SetupCheckName[] {
  const hasUser = partnerModelOf(model).grant === "portfolio";
  return hasUser ? SETUP_CHECKS : SETUP_CHECKS.filter((check) => check !== "system_user");
}

/** The ordered list; null while the share is not intact, because recovery then comes first. */
export function setupChecksOf(record: ShareRecord): SetupCheck[] | null {
  if (record.adoption !== "adopted" || record.facts.Shared.status !== "True") return null;
  const ruled: Record<SetupCheckName, Verdict[]> = {
    system_user: [systemUserOf(record)],
    subscription: subscriptionsOf(record),
    payment: [paymentOf(record)],
    number: perNumber(record, numberIssueOf),
    name: perNumber(record, nameIssueOf),
    health: healthOf(record),
    sending: sendingOf(record),
  };
  return setupCheckNamesOf(record.partnerModel).flatMap((check) =>
    ruled[check].map((verdict) => ({ check, ...verdict })),
  );
}

/** The checks that failed or are not known. The journal carries only these. */
export function setupIssuesOf(record: ShareRecord): SetupCheck[] | null {
  return setupChecksOf(record)?.filter(({ verdict }) => verdict !== "yes") ?? null;
}

/** Whether a condition of the WABA or of a number already says the same. */
export function isShownByCondition({ check, reason }: Pick<SetupCheck, "check" | "reason">): boolean {
  if (check === "number") return NUMBER_CONDITION.includes(reason);
  return check === "system_user" || (check === "subscription" && !OVERRIDE_LOST.includes(reason));
}

const OVERRIDE_LOST: readonly string[] = ["override_lost", "number_override_lost"];
const NUMBER_CONDITION: readonly string[] = ["number_deregistered", "number_deleted", "number_banned"];

const YES: Verdict = { verdict: "yes", who: "nobody", reason: "proven", metaMessage: null, solution: null };
const UNKNOWN: Verdict = {
  verdict: "unknown",
  who: "nobody",
  reason: "not_yet_proven",
  metaMessage: null,
  solution: null,
};

const no = (
  who: WhoMustAct,
  reason: string,
  metaMessage: string | null = null,
  solution: string | null = null,
): Verdict => ({
  verdict: "no",
  who,
  reason,
  metaMessage,
  solution,
});

/** Proven by FullControl: our system user is assigned with MANAGE. */
function systemUserOf(record: ShareRecord): Verdict {
  return ofFact(record.facts.FullControl, "client");
}

/** A row for each number whose own callback is lost; else one for the WABA's. */
function subscriptionsOf(record: ShareRecord): Verdict[] {
  const own = subscriptionOf(record);
  const lost = Object.entries(record.numbers)
    .filter(([, { override, overrideStatus }]) => override && overrideStatus?.lostAt != null)
    .map(([numberId, { override }]) => ({
      ...no("provider", "number_override_lost", withoutQuery(override ?? "")),
      numberId,
    }));
  return own.verdict === "yes" && lost.length > 0 ? lost : [own, ...lost];
}

function subscriptionOf(record: ShareRecord): Verdict {
  const verdict = ofFact(record.facts.WebhookSubscribed, "provider");
  if (verdict.verdict !== "yes" || record.override === null || record.overrideStatus?.lostAt == null)
    return verdict;
  return no("provider", "override_lost", withoutQuery(record.override));
}

function ofFact(fact: Fact, otherwise: WhoMustAct): Verdict {
  if (fact.status === "True") return YES;
  if (fact.status === "Unknown") return UNKNOWN;
  return no(isKnownReason(fact.reason) ? REASONS[fact.reason].who : otherwise, fact.reason, fact.metaMessage);
}

/**
 * A user name, a password and the query of a callback may be secrets. The journal and the pages need only the
 * address.
 */
export const withoutQuery = (uri: string): string =>
  (uri.split(/[?#]/, 1)[0] ?? uri).replace(/^([a-z][a-z\d+.-]*:\/\/)[^/]*@/i, "$1");

/** Without full control Meta shows no payment method. That does not mean that it is missing. */
function paymentOf({ setup, facts }: ShareRecord): Verdict {
  const account = setup?.account ?? null;
  if (account === null || facts.FullControl.status !== "True") return UNKNOWN;
  const error = account.health?.find((issue) => isMetaError(issue, "payment_method"));
  if (error !== undefined) return no("client", "payment_error", metaMessageOf(error), error.solution);
  if (account.hasFunding === null) return refusedOf(account.refused?.funding);
  return account.hasFunding ? YES : no("client", "payment_missing");
}

/**
 * Not known because Meta refused the field. The refusal concerns our app and its permissions, never the
 * client.
 */
function refusedOf(metaMessage: string | undefined): Verdict {
  return metaMessage === undefined ? UNKNOWN : { ...UNKNOWN, reason: "field_refused", metaMessage };
}

/** Every other issue of Meta's health status, one row each. Issues of our own app are for the provider. */
function healthOf({ setup }: ShareRecord): Verdict[] {
  const health = setup?.account?.health ?? null;
  if (health === null) return [refusedOf(setup?.account?.refused?.health)];
  const issues = health.filter((issue) => !isMetaError(issue, "payment_method"));
  if (issues.length === 0) return [YES];
  return issues.map((issue) =>
    no(
      issue.entity === "APP" ? "provider" : "client",
      issue.canSend === "BLOCKED" ? "health_blocked" : "health_limited",
      metaMessageOf(issue),
      issue.solution,
    ),
  );
}

/** A row for each number whose messages Meta refuses. */
function sendingOf(record: ShareRecord): Verdict[] {
  const refused = Object.keys(record.numbers)
    .toSorted()
    .flatMap((numberId) => {
      const { sending } = record.numbers[numberId] as NumberRecord;
      if (sending === undefined) return [];
      const { reason, who } = sendingReasonOf(sending);
      return [{ ...no(who, reason, refusalMessageOf(sending)), numberId, since: sending.since }];
    });
  return refused.length === 0 ? [YES] : refused;
}

const metaMessageOf = ({ code, metaMessage }: HealthIssue): string | null => {
  const said = [code === null ? "" : String(code), metaMessage].filter((part) => part !== "").join(": ");
  return said === "" ? null : said;
};

/** A row for each number that has an issue; one row when none has. */
function perNumber(
  record: ShareRecord,
  issueOf: (number: NumberRecord, record: ShareRecord, numberId: string) => NumberIssue | null,
): Verdict[] {
  const ids = Object.keys(record.numbers).toSorted();
  if (ids.length === 0) return [record.setup?.numbers ? no("client", "no_numbers") : UNKNOWN];
  const setupIssues = ids.flatMap((numberId) => {
    const setupIssue = issueOf(record.numbers[numberId] as NumberRecord, record, numberId);
    return setupIssue === null ? [] : [{ ...UNKNOWN, ...setupIssue, numberId }];
  });
  return setupIssues.length === 0 ? [YES] : setupIssues;
}
