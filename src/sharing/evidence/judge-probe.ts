import { isWhole, itemsOf } from "../../meta/list-reply.ts";
import { isMetaId } from "../../meta/meta-id.ts";
import type { Answer, NumberResult, ProbeResult } from "../model/probe-result.ts";
import { EMPLOYEE } from "../model/reason.ts";
import type { WabaKind } from "../model/share-record.ts";
import { grantOf, judgeClientToken } from "./client-evidence.ts";
import { fullControlOf, grantedControlOf, writeOf } from "./control-evidence.ts";
import { type Finding, findingOf } from "./evidence-table.ts";
import { messagingAllowedOf } from "./health-evidence.ts";
import { connectedOf, isCoexistenceNumber, kindOfNumbers } from "./number-evidence.ts";
import {
  followOf,
  inconclusiveAnswerOf,
  type ProbeIdentity,
  type Replies,
  usualTerms,
} from "./probe-replies.ts";
import { digitsOf, setupReadingOf } from "./setup-evidence.ts";
import { numberOverrideIn, subscriptionOf } from "./subscription-evidence.ts";

/** Judges one probe by the evidence table. Pure. The result omits conditions that were not asked about. */
export function judgeProbe(
  replies: Replies,
  identity: ProbeIdentity,
  asked: Pick<ProbeResult, "askedAt" | "trigger" | "waited" | "mayWrite">,
): ProbeResult {
  const control = findingOf(replies.control);
  const waba = findingOf(replies.waba);
  const terms = identity.terms ?? usualTerms();
  const byGrant = terms.model.grant === "client_token";
  const shared = byGrant
    ? grantedOf(replies, identity, waba, control)
    : (employeeOf(replies, identity) ?? sharedOf(waba, control));
  const answers: ProbeResult["answers"] = { TokenValid: tokenOf(control, waba), Shared: shared };
  if (replies.client) {
    const reported = judgeClientToken(replies.client, { wabaId: terms.wabaId, appId: identity.appId });
    answers.AppInstalled = reported.AppInstalled;
    if (terms.sendsWithClientToken) answers.TokenValid = reported.TokenValid;
  }
  if (shared.verdict !== "bad")
    answers.FullControl = byGrant
      ? grantedControlOf(replies, identity, shared)
      : fullControlOf(replies, identity, shared);
  const { subscription, ...override } = subscriptionOf(replies, identity, shared);
  answers.WebhookSubscribed = subscription;
  answers.MessagingAllowed = lockedOf(waba) ?? allowedOf(replies) ?? followOf(shared);
  const setup = setupReadingOf(replies, identity);
  return {
    ...asked,
    answers,
    ...override,
    ...numbersOf(replies, identity),
    write: writeOf(replies.write),
    ...(setup && { setup }),
  };
}

/**
 * `MessagingAllowed` by `health_status`. A refusal of that field proves nothing, unless it says that the
 * account is locked.
 */
function allowedOf({ details, unread }: Replies): Answer | null {
  if (details === null) return null;
  const reply = unread?.health_status ?? details;
  if (reply.kind === "success") return messagingAllowedOf(reply.body);
  const found = findingOf(reply);
  return lockedOf(found) ?? inconclusiveAnswerOf(found);
}

/** `Shared`: the node read, and for a refusal the control read of the same look. */
function sharedOf(waba: Finding, control: Finding): Answer {
  switch (waba.finding) {
    case "stands":
    case "locked":
      return { verdict: "true" };
    case "nothing":
      return { verdict: "none", reason: waba.reason, ours: waba.ours };
    case "out_of_reach":
      if (control.finding === "stands")
        return { verdict: "bad", reason: "unspecified", metaMessage: waba.metaMessage };
      return {
        verdict: "none",
        reason: control.finding === "nothing" ? control.reason : "provider_token_invalid",
        ours: true,
      };
  }
}

/**
 * A system user with the role EMPLOYEE reaches only WABAs that it was assigned to, so Meta's refusal is our
 * own fault (access-tokens: "If the user behind the token lacks access", error 200). Null: it is no employee,
 * or the role was not read.
 */
function employeeOf(replies: Replies, identity: ProbeIdentity): Answer | null {
  const users = replies.systemUsers ?? null;
  if (users === null) return null;
  const own = itemsOf(users).find((user) => isMetaId(user.id, identity.systemUserId));
  return own?.role === EMPLOYEE
    ? { verdict: "none", reason: "provider_token_invalid", ours: true, metaMessage: EMPLOYEE }
    : null;
}

/**
 * `Shared` where the client's token is the grant: its read of the WABA, and after a refusal the list of
 * `debug_token`.
 */
function grantedOf(replies: Replies, identity: ProbeIdentity, waba: Finding, control: Finding): Answer {
  const client = replies.client ?? { held: false, debugToken: null, clientRead: null };
  if (!client.held) return { verdict: "none", reason: "provider_token_invalid", ours: true };
  const asked = { wabaId: identity.terms?.wabaId ?? "", appId: identity.appId };
  const { AppInstalled: app } = judgeClientToken(client, asked);
  // The app is gone and its token with it, so nothing more can be read.
  if (app.verdict === "bad") return { verdict: "none", reason: "not_yet_proven", ours: false };
  if (waba.finding !== "out_of_reach") return sharedOf(waba, control);
  const grant = grantOf(client, asked);
  if (grant === "not_listed") return sharedOf(waba, control);
  return { verdict: "none", reason: "not_yet_proven", ours: false };
}

/** `TokenValid`: True for any answer that Meta gives only to a valid token. */
function tokenOf(control: Finding, waba: Finding): Answer {
  if (control.finding === "stands" || waba.finding === "stands") return { verdict: "true" };
  if (control.finding === "nothing" && control.reason === "provider_token_invalid")
    return { verdict: "bad", reason: "provider_token_invalid", metaMessage: control.metaMessage };
  const reason = control.finding === "nothing" ? control.reason : "provider_token_invalid";
  return { verdict: "none", reason, ours: control.finding !== "nothing" || control.ours };
}

function lockedOf(waba: Finding): Answer | null {
  return waba.finding === "locked"
    ? { verdict: "bad", reason: "meta_disabled", metaMessage: waba.metaMessage }
    : null;
}

function numbersOf(
  replies: Replies,
  identity: ProbeIdentity,
): { numbers: Record<string, NumberResult>; numbersComplete: boolean; kind: WabaKind | null } {
  const reply = replies.phoneNumbers;
  if (reply === null || reply.kind !== "success") {
    const finding = reply === null ? null : findingOf(reply);
    const reason = finding?.finding === "nothing" ? finding.reason : "not_yet_proven";
    const silent = (phoneNumberId: string): NumberResult => ({
      phoneNumberId,
      connected: { verdict: "none", reason, ours: false },
      coexistence: null,
    });
    const known = Object.entries(identity.numberIds).map(([meta, id]) => [id, silent(meta)] as const);
    return { numbers: Object.fromEntries(known), numbersComplete: false, kind: null };
  }
  const items = itemsOf(reply);
  const seen: Record<string, NumberResult> = {};
  const ids = items.map(digitsOf);
  for (const [index, item] of items.entries()) {
    const phoneNumberId = ids[index] ?? "";
    const numberId = identity.numberIds[phoneNumberId];
    if (numberId === undefined) continue;
    seen[numberId] = {
      phoneNumberId,
      connected: connectedOf(item),
      coexistence: isCoexistenceNumber(item),
      ...numberOverrideOf(item, phoneNumberId, replies, identity),
    };
  }
  // If an item names no number, no number can be called missing.
  const numbersComplete = isWhole(reply) && !ids.includes(null);
  return { numbers: seen, numbersComplete, kind: kindOfNumbers(items) };
}

/**
 * `webhook_configuration` names the callbacks that are set for number, WABA and app. If the number's is
 * absent, it has none.
 */
function numberOverrideOf(
  item: Record<string, unknown>,
  phoneNumberId: string,
  { repairNumbers }: Replies,
  { heldNumberOverrides }: ProbeIdentity,
): Pick<NumberResult, "override" | "overrideWritten"> {
  const written = heldNumberOverrides?.[phoneNumberId];
  if (written !== undefined && repairNumbers?.[phoneNumberId]?.kind === "success")
    return { override: written, overrideWritten: true };
  const override = numberOverrideIn(item);
  return override === undefined ? {} : { override };
}
