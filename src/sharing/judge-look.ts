import type { GraphReply } from "../meta/graph-reply.ts";
import { findingOf, wordsOf, type Finding } from "./evidence.ts";
import type { Answer, Look, NumberLook } from "./look.ts";
import type { WabaKind } from "./memory.ts";
import { connectedOf, kindOfNumbers, isCoexistenceNumber } from "./number-evidence.ts";
import { messagingAllowedOf } from "./health-evidence.ts";

/** The answers of one look, as they came. What was not asked is null. */
export interface Replies {
  /** Our own portfolio, same token: without it 100/33 and 200 prove nothing. */
  control: GraphReply;
  waba: GraphReply;
  assignedUsers: GraphReply | null;
  /** The write of MANAGE for our own system user. */
  write: GraphReply | null;
  /** After a failed write: whether the same token passes it elsewhere, or reads back as ADMIN. */
  controlWrite: "passed" | "failed" | null;
  subscribedApps: GraphReply | null;
  /** What mending a missing subscription came to. */
  mend: GraphReply | null;
  phoneNumbers: GraphReply | null;
}

export interface LookIdentity {
  appId: string;
  systemUserId: string;
  /** Our id of each number of this WABA, by Meta's id. */
  numberIds: Record<string, string>;
}

/** One look, judged: pure, by the evidence table. Says nothing about a condition that was not asked about. */
export function judgeLook(
  replies: Replies,
  identity: LookIdentity,
  asked: Pick<Look, "askedAt" | "trigger" | "waited">,
): Look {
  const control = findingOf(replies.control);
  const waba = findingOf(replies.waba);
  const shared = sharedOf(waba, control);
  const answers: Look["answers"] = { TokenValid: tokenOf(control, waba), Shared: shared };
  if (shared.verdict !== "bad") answers.FullControl = fullControlOf(replies, identity, shared);
  const { subscription, override } = subscriptionOf(replies, identity, shared);
  answers.WebhookSubscribed = subscription;
  answers.MessagingAllowed =
    waba.finding === "stands" ? messagingAllowedOf(waba.body) : (lockedOf(waba) ?? followOf(shared));
  return { ...asked, answers, override, ...numbersOf(replies, identity), write: writeOf(replies.write) };
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
      if (control.finding === "stands") return { verdict: "bad", reason: "unspecified", words: waba.words };
      return {
        verdict: "none",
        reason: control.finding === "nothing" ? control.reason : "own_token",
        ours: true,
      };
  }
}

/** `TokenValid`: any answer that only a living token gets. */
function tokenOf(control: Finding, waba: Finding): Answer {
  if (control.finding === "stands" || waba.finding === "stands") return { verdict: "true" };
  if (control.finding === "nothing" && control.reason === "own_token")
    return { verdict: "bad", reason: "own_token", words: control.words };
  const reason = control.finding === "nothing" ? control.reason : "own_token";
  return { verdict: "none", reason, ours: control.finding !== "nothing" || control.ours };
}

/** Rule 7. The read suffices while no write failed; a failed write counts only if the same token passes it elsewhere. */
function fullControlOf(replies: Replies, identity: LookIdentity, shared: Answer): Answer {
  if (shared.verdict !== "true" || replies.assignedUsers === null) return followOf(shared);
  if (replies.write !== null) {
    const write = findingOf(replies.write);
    if (write.finding === "stands") return { verdict: "true", byWrite: true };
    if (write.finding === "nothing" && (write.reason !== "own_token" || replies.controlWrite === null))
      return readOf(replies.assignedUsers, identity, {
        verdict: "none",
        reason: write.reason,
        ours: write.ours,
      });
    if (replies.controlWrite === "passed")
      return { verdict: "bad", reason: "partial_control", words: wordsOf(replies.write) };
    return { verdict: "none", reason: "own_token", ours: true };
  }
  return readOf(replies.assignedUsers, identity, { verdict: "none", reason: "not_yet_proven", ours: false });
}

/** What the read alone shows: MANAGE for our system user, or nothing that counts. */
function readOf(reply: GraphReply, identity: LookIdentity, otherwise: Answer): Answer {
  const read = findingOf(reply);
  if (read.finding === "nothing") return { verdict: "none", reason: read.reason, ours: read.ours };
  return hasManage(reply, identity.systemUserId) ? { verdict: "true" } : otherwise;
}

/** Whether `assigned_users` shows full control (the task MANAGE) for our own system user. */
export function hasManage(reply: GraphReply, systemUserId: string): boolean {
  if (reply.kind !== "success") return false;
  return itemsOf(reply).some(
    (user) => user.id === systemUserId && Array.isArray(user.tasks) && user.tasks.includes("MANAGE"),
  );
}

function writeOf(reply: GraphReply | null): Look["write"] {
  if (reply === null) return "none";
  if (reply.kind === "success") return "passed";
  const { finding } = findingOf(reply);
  return finding === "out_of_reach" || finding === "locked" ? "failed" : "none";
}

function subscriptionOf(
  replies: Replies,
  identity: LookIdentity,
  shared: Answer,
): { subscription: Answer; override: string | null | undefined } {
  const reply = replies.subscribedApps;
  if (reply === null) return { subscription: followOf(shared), override: undefined };
  const read = findingOf(reply);
  if (read.finding !== "stands") {
    const { reason, ours } = read.finding === "nothing" ? read : { reason: "not_yet_proven", ours: false };
    return { subscription: { verdict: "none", reason, ours }, override: undefined };
  }
  const own = subscriptionIn(reply, identity.appId);
  if (own !== null) return { subscription: { verdict: "true" }, override: own.override };
  if (replies.mend?.kind === "success") return { subscription: { verdict: "true" }, override: undefined };
  return {
    subscription: { verdict: "bad", reason: "subscription_missing", words: null },
    override: undefined,
  };
}

/** Our app's subscription in `subscribed_apps`, with its override callback if Meta holds one. */
export function subscriptionIn(reply: GraphReply, appId: string): { override: string | null } | null {
  if (reply.kind !== "success") return null;
  for (const item of itemsOf(reply)) {
    const app = item.whatsapp_business_api_data;
    if (typeof app === "object" && app !== null && (app as { id?: unknown }).id === appId)
      return { override: typeof item.override_callback_uri === "string" ? item.override_callback_uri : null };
  }
  return null;
}

function lockedOf(waba: Finding): Answer | null {
  return waba.finding === "locked" ? { verdict: "bad", reason: "meta_disabled", words: waba.words } : null;
}

/** What cannot be asked while the share does not answer, is not known. */
function followOf(shared: Answer): Answer {
  if (shared.verdict === "none") return shared;
  return { verdict: "none", reason: "not_yet_proven", ours: false };
}

function numbersOf(
  replies: Replies,
  identity: LookIdentity,
): { numbers: Record<string, NumberLook>; numbersComplete: boolean; kind: WabaKind | null } {
  const reply = replies.phoneNumbers;
  if (reply === null || reply.kind !== "success") {
    const finding = reply === null ? null : findingOf(reply);
    const reason = finding?.finding === "nothing" ? finding.reason : "not_yet_proven";
    const silent = (phoneNumberId: string): NumberLook => ({
      phoneNumberId,
      connected: { verdict: "none", reason, ours: false },
      coexistence: null,
    });
    const known = Object.entries(identity.numberIds).map(([meta, id]) => [id, silent(meta)]);
    return { numbers: Object.fromEntries(known), numbersComplete: false, kind: null };
  }
  const items = itemsOf(reply);
  const seen: Record<string, NumberLook> = {};
  for (const item of items) {
    const numberId = identity.numberIds[String(item.id)];
    if (numberId === undefined) continue;
    seen[numberId] = {
      phoneNumberId: String(item.id),
      connected: connectedOf(item),
      coexistence: isCoexistenceNumber(item),
    };
  }
  const paging = reply.body.paging as { next?: unknown } | undefined;
  return { numbers: seen, numbersComplete: paging?.next === undefined, kind: kindOfNumbers(items) };
}

/** The items of a list of Meta's. */
export function itemsOf(reply: GraphReply): Record<string, unknown>[] {
  if (reply.kind !== "success" || !Array.isArray(reply.body.data)) return [];
  return reply.body.data.filter(
    (item): item is Record<string, unknown> => typeof item === "object" && item !== null,
  );
}
