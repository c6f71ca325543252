import type { Fact } from "../model/fact.ts";
import type { NumberMemory, ShareMemory } from "../model/share-record.ts";
import { isKnownReason, REASONS, type WhoMustAct } from "../model/reason.ts";
import { partnerModelOf, type PartnerModelName } from "../model/partner-model.ts";
import { nameLimpOf, numberLimpOf, type Limp } from "./number-setup-issues.ts";
import { refusalWordsOf, sendingReasonOf } from "./sending.ts";
import type { HealthIssue } from "../model/setup-reading.ts";

/** Green is not yet working: what is looked at once the share is proven, in this order. */
export const WORKING_CHECKS = [
  "system_user",
  "subscription",
  "payment",
  "number",
  "name",
  "health",
  "sending",
] as const;
export type WorkingCheckName = (typeof WORKING_CHECKS)[number];

/** One of them, judged. It warns and nothing else: status and gate know nothing of it. */
export interface WorkingCheck {
  check: WorkingCheckName;
  verdict: "yes" | "no" | "unknown";
  who: WhoMustAct;
  /** A word of `working.no` in the texts; `meta:WORD` for a word of Meta's that is new. */
  reason: string;
  /** Meta's own words, as read. */
  words: string | null;
  /** What Meta says would mend it. */
  solution: string | null;
  /** Our id, where it is about one number alone. */
  numberId?: string;
  /** Since when, ms since the epoch, where that is known. */
  since?: number;
}

type Verdict = Omit<WorkingCheck, "check">;

/** Where the client granted our app alone, no user of ours is assigned anywhere. */
export function workingChecksOf(model: PartnerModelName = "portfolio_share"): readonly WorkingCheckName[] {
  const hasUser = partnerModelOf(model).grant === "portfolio";
  return hasUser ? WORKING_CHECKS : WORKING_CHECKS.filter((check) => check !== "system_user");
}

/** The ordered list; null while the share does not stand, when the way back is what matters. */
export function workingOf(memory: ShareMemory): WorkingCheck[] | null {
  if (memory.adoption !== "adopted" || memory.facts.Shared.status !== "True") return null;
  const ruled: Record<WorkingCheckName, Verdict[]> = {
    system_user: [systemUserOf(memory)],
    subscription: subscriptionsOf(memory),
    payment: [paymentOf(memory)],
    number: perNumber(memory, numberLimpOf),
    name: perNumber(memory, nameLimpOf),
    health: healthOf(memory),
    sending: sendingOf(memory),
  };
  return workingChecksOf(memory.partnerModel).flatMap((check) =>
    ruled[check].map((verdict) => ({ check, ...verdict })),
  );
}

/** What does not stand, or is not known: the journal carries no more than that. */
export function limpsOf(memory: ShareMemory): WorkingCheck[] | null {
  return workingOf(memory)?.filter(({ verdict }) => verdict !== "yes") ?? null;
}

/** Whether a condition of the WABA or of a number says the same. */
export function isToldByCondition({ check, reason }: Pick<WorkingCheck, "check" | "reason">): boolean {
  if (check === "number") return NUMBER_CONDITION.includes(reason);
  return check === "system_user" || (check === "subscription" && !OVERRIDE_LOST.includes(reason));
}

const OVERRIDE_LOST: readonly string[] = ["override_lost", "number_override_lost"];
const NUMBER_CONDITION: readonly string[] = ["number_deregistered", "number_deleted", "number_banned"];

const YES: Verdict = { verdict: "yes", who: "nobody", reason: "proven", words: null, solution: null };
const UNKNOWN: Verdict = {
  verdict: "unknown",
  who: "nobody",
  reason: "not_yet_proven",
  words: null,
  solution: null,
};

const no = (
  who: WhoMustAct,
  reason: string,
  words: string | null = null,
  solution: string | null = null,
): Verdict => ({
  verdict: "no",
  who,
  reason,
  words,
  solution,
});

/** Proven by FullControl: our system user is assigned with MANAGE. */
function systemUserOf(memory: ShareMemory): Verdict {
  return ofFact(memory.facts.FullControl, "client");
}

/** A row for each number whose own callback is lost; else one for the WABA's. */
function subscriptionsOf(memory: ShareMemory): Verdict[] {
  const own = subscriptionOf(memory);
  const lost = Object.entries(memory.numbers)
    .filter(([, { override, overrideFate }]) => override && overrideFate?.lostAt != null)
    .map(([numberId, { override }]) => ({
      ...no("provider", "number_override_lost", withoutQuery(override ?? "")),
      numberId,
    }));
  return own.verdict === "yes" && lost.length > 0 ? lost : [own, ...lost];
}

function subscriptionOf(memory: ShareMemory): Verdict {
  const verdict = ofFact(memory.facts.WebhookSubscribed, "provider");
  if (verdict.verdict !== "yes" || memory.override === null || memory.overrideFate?.lostAt == null)
    return verdict;
  return no("provider", "override_lost", withoutQuery(memory.override));
}

function ofFact(fact: Fact, otherwise: WhoMustAct): Verdict {
  if (fact.status === "True") return YES;
  if (fact.status === "Unknown") return UNKNOWN;
  return no(isKnownReason(fact.reason) ? REASONS[fact.reason].who : otherwise, fact.reason, fact.words);
}

/** A user's name, a password and what follows a "?" of a callback may be secrets; the journal and the pages need only the address. */
export const withoutQuery = (uri: string): string =>
  (uri.split(/[?#]/, 1)[0] ?? uri).replace(/^([a-z][a-z\d+.-]*:\/\/)[^/]*@/i, "$1");

/** `health_status`: an error with the payment method (Meta's health page). It stands in for the missing id of the funding source. */
const PAYMENT_ERROR = 141006;

/** Without full control Meta shows no payment: what we may not see is not missing. */
function paymentOf({ working, facts }: ShareMemory): Verdict {
  const account = working?.account ?? null;
  if (account === null || facts.FullControl.status !== "True") return UNKNOWN;
  const error = account.health?.find(({ code }) => code === PAYMENT_ERROR);
  if (error !== undefined) return no("client", "payment_error", wordsOf(error), error.solution);
  if (account.hasFunding === null) return refusedOf(account.refused?.funding);
  return account.hasFunding ? YES : no("client", "payment_missing");
}

/** Not known, and Meta's refusal named: it is about our app and what it may ask, never about the client. */
function refusedOf(words: string | undefined): Verdict {
  return words === undefined ? UNKNOWN : { ...UNKNOWN, reason: "field_refused", words };
}

/** Everything else that Meta's health says, one row each. Our own app's ailments are ours. */
function healthOf({ working }: ShareMemory): Verdict[] {
  const health = working?.account?.health ?? null;
  if (health === null) return [refusedOf(working?.account?.refused?.health)];
  const issues = health.filter(({ code }) => code !== PAYMENT_ERROR);
  if (issues.length === 0) return [YES];
  return issues.map((issue) =>
    no(
      issue.entity === "APP" ? "provider" : "client",
      issue.canSend === "BLOCKED" ? "health_blocked" : "health_limited",
      wordsOf(issue),
      issue.solution,
    ),
  );
}

/** A row for each number whose messages Meta refuses. */
function sendingOf(memory: ShareMemory): Verdict[] {
  const refused = Object.keys(memory.numbers)
    .toSorted()
    .flatMap((numberId) => {
      const { sending } = memory.numbers[numberId] as NumberMemory;
      if (sending === undefined) return [];
      const { reason, who } = sendingReasonOf(sending);
      return [{ ...no(who, reason, refusalWordsOf(sending)), numberId, since: sending.since }];
    });
  return refused.length === 0 ? [YES] : refused;
}

const wordsOf = ({ code, words }: HealthIssue): string | null => {
  const said = [code === null ? "" : String(code), words].filter((part) => part !== "").join(": ");
  return said === "" ? null : said;
};

/** A row for each number that does not stand; one row when all do. */
function perNumber(
  memory: ShareMemory,
  limpOf: (number: NumberMemory, memory: ShareMemory, numberId: string) => Limp | null,
): Verdict[] {
  const ids = Object.keys(memory.numbers).toSorted();
  if (ids.length === 0) return [memory.working?.numbers ? no("client", "no_numbers") : UNKNOWN];
  const limps = ids.flatMap((numberId) => {
    const limp = limpOf(memory.numbers[numberId] as NumberMemory, memory, numberId);
    return limp === null ? [] : [{ ...UNKNOWN, ...limp, numberId }];
  });
  return limps.length === 0 ? [YES] : limps;
}
