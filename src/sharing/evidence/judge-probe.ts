import type { GraphReply } from "../../meta/graph-reply.ts";
import { isMetaId } from "../../meta/meta-id.ts";
import { grantOf, judgeClientToken, type ClientReplies } from "./client-evidence.ts";
import { findingOf, wordsOf, type Finding } from "./evidence-table.ts";
import type { Answer, ProbeResult, NumberResult } from "../model/probe-result.ts";
import type { WabaKind } from "../model/share-record.ts";
import { connectedOf, kindOfNumbers, isCoexistenceNumber, numberSeenOf } from "./number-evidence.ts";
import { healthIssuesOf, messagingAllowedOf } from "./health-evidence.ts";
import type { SetupReading } from "../model/setup-reading.ts";
import { partnerModelOf, type PartnerModel } from "../model/partner-model.ts";
import { EMPLOYEE, NOT_PROVEN_WHILE_OBSERVING } from "../model/reason.ts";
import { areEnough } from "./task-sets.ts";

/** The answers of one probe, as received. Null: not asked. */
export interface Replies {
  /** Our own portfolio, same token: without it 100/33 and 200 prove nothing. */
  control: GraphReply;
  /** The node's id alone: this read proves the share. */
  waba: GraphReply;
  /** Name, owner, payment and health, asked beside it; null while the share is not proven. */
  details: GraphReply | null;
  /** The fields that `details` lacks because Meta refused them or did not answer, each with its reply. */
  unread?: Record<string, GraphReply>;
  assignedUsers: GraphReply | null;
  /** The write of MANAGE for our own system user. */
  write: GraphReply | null;
  /**
   * After a failed write: whether the same token passes it elsewhere or reads back as ADMIN; else the
   * inconclusive reply.
   */
  controlWrite: "passed" | "failed" | GraphReply | null;
  subscribedApps: GraphReply | null;
  /** The reply to the repair of a missing subscription. */
  repair: GraphReply | null;
  /** The reply to writing back its override, where we hold the verify token. */
  repairOverride: GraphReply | null;
  /** The replies to writing back callbacks of single numbers, by Meta's id of the number. */
  repairNumbers?: Record<string, GraphReply>;
  phoneNumbers: GraphReply | null;
  /** Our system users, asked when Meta does not show us the WABA. */
  systemUsers?: GraphReply | null;
  /** About the client's own token; absent or null where we hold none and need none. */
  client?: ClientReplies | null;
}

export interface ProbeIdentity {
  appId: string;
  systemUserId: string;
  /** Our id of each number of this WABA, by Meta's id. */
  numberIds: Record<string, string>;
  /** The override whose verify token we hold, and which a repair writes back. */
  heldOverride?: string | null;
  /** The same of numbers, by Meta's id. */
  heldNumberOverrides?: Record<string, string>;
  /**
   * How this WABA is ours to use. Default: shared with our portfolio, sending with our system user's token.
   */
  terms?: ProbeTerms;
}

export interface ProbeTerms {
  wabaId: string;
  model: PartnerModel;
  sendsWithClientToken: boolean;
  /**
   * Nothing may be written. The read then stands for the proof that a write would give (docs/decisions/0004).
   */
  observing: boolean;
}

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

/** An inconclusive answer with its reason. A refusal that concerns the share is judged in `sharedOf`. */
function inconclusiveAnswerOf(found: Finding): Answer {
  if (found.finding !== "nothing") return { verdict: "none", reason: "request_refused", ours: false };
  return { verdict: "none", reason: found.reason, ours: found.ours };
}

/** The setup details as read, which matter only while the share is intact. */
function setupReadingOf(replies: Replies, { numberIds }: ProbeIdentity): SetupReading | undefined {
  if (replies.waba.kind !== "success") return undefined;
  return { account: accountReadingOf(replies), numbers: numbersSeenOf(replies.phoneNumbers, numberIds) };
}

/**
 * Null where Meta gave no answer, so that the known values stay. A field that Meta refused is "not known".
 */
function accountReadingOf({ details, unread = {} }: Replies): SetupReading["account"] {
  if (details?.kind !== "success") return null;
  const { primary_funding_id: funding, health_status: health } = unread;
  const id = details.body.primary_funding_id;
  const hasFunding = (typeof id === "string" && id !== "") || typeof id === "number";
  const refused = { funding, health } as const;
  const words = Object.entries(refused).flatMap(([name, reply]) =>
    reply ? [[name, wordsOf(reply)] as const] : [],
  );
  return {
    hasFunding: funding === undefined ? hasFunding : null,
    health: health === undefined ? healthIssuesOf(details.body) : null,
    ...(words.length > 0 && { refused: Object.fromEntries(words) }),
  };
}

/**
 * Null also for an empty list that is incomplete: "no number" is reported only after a list was read to its
 * end.
 */
function numbersSeenOf(
  reply: GraphReply | null,
  numberIds: ProbeIdentity["numberIds"],
): SetupReading["numbers"] {
  if (reply?.kind !== "success") return null;
  const items = itemsOf(reply);
  if (items.length === 0 && !isWhole(reply)) return null;
  return Object.fromEntries(
    items.flatMap((item) => {
      const numberId = numberIds[digitsOf(item) ?? ""];
      return numberId === undefined ? [] : [[numberId, numberSeenOf(item)] as const];
    }),
  );
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
        reason: control.finding === "nothing" ? control.reason : "provider_token_invalid",
        ours: true,
      };
  }
}

function usualTerms(): ProbeTerms {
  return {
    wabaId: "",
    model: partnerModelOf("portfolio_share"),
    sendsWithClientToken: false,
    observing: false,
  };
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
    ? { verdict: "none", reason: "provider_token_invalid", ours: true, words: EMPLOYEE }
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

/** `FullControl` where the client's token is the grant: whether it may send. */
function grantedControlOf(replies: Replies, identity: ProbeIdentity, shared: Answer): Answer {
  if (shared.verdict !== "true" || !replies.client) return followOf(shared);
  const asked = { wabaId: identity.terms?.wabaId ?? "", appId: identity.appId };
  const grant = grantOf(replies.client, asked);
  if (grant === "may_send") return { verdict: "true", byWrite: true };
  if (grant === "listed")
    return { verdict: "bad", reason: "partial_control", words: "debug_token: whatsapp_business_messaging" };
  return { verdict: "none", reason: "not_yet_proven", ours: false };
}

/** `TokenValid`: True for any answer that Meta gives only to a valid token. */
function tokenOf(control: Finding, waba: Finding): Answer {
  if (control.finding === "stands" || waba.finding === "stands") return { verdict: "true" };
  if (control.finding === "nothing" && control.reason === "provider_token_invalid")
    return { verdict: "bad", reason: "provider_token_invalid", words: control.words };
  const reason = control.finding === "nothing" ? control.reason : "provider_token_invalid";
  return { verdict: "none", reason, ours: control.finding !== "nothing" || control.ours };
}

/**
 * Rule 7. The read suffices while no write failed. A failed write counts only if the same token passes it
 * elsewhere.
 */
function fullControlOf(replies: Replies, identity: ProbeIdentity, shared: Answer): Answer {
  if (shared.verdict !== "true" || replies.assignedUsers === null) return followOf(shared);
  if (replies.write !== null) {
    const write = findingOf(replies.write);
    if (write.finding === "stands") return { verdict: "true", byWrite: true };
    if (write.finding !== "out_of_reach")
      return readOf(replies.assignedUsers, identity, inconclusiveAnswerOf(write));
    const { controlWrite } = replies;
    if (controlWrite === "passed")
      return { verdict: "bad", reason: "partial_control", words: wordsOf(replies.write) };
    if (controlWrite !== null && controlWrite !== "failed")
      return inconclusiveAnswerOf(findingOf(controlWrite));
    return { verdict: "none", reason: "provider_token_invalid", ours: true };
  }
  return readOf(replies.assignedUsers, identity, unwrittenOf(replies.assignedUsers, identity));
}

/**
 * The read lacks full control, and nothing was written. In observe mode nothing ever is. Then some tasks
 * without MANAGE mean partial control (inferred: a granular list is a standard share). An empty list proves
 * nothing: a share that was just given back shows no task until somebody on our side assigns our system user.
 */
function unwrittenOf(read: GraphReply, { systemUserId, terms }: ProbeIdentity): Answer {
  if (terms?.observing !== true) return { verdict: "none", reason: "not_yet_proven", ours: false };
  const tasks = tasksOf(read, systemUserId);
  if (tasks.length === 0) return { verdict: "none", reason: NOT_PROVEN_WHILE_OBSERVING, ours: true };
  return { verdict: "bad", reason: "partial_control", words: `assigned_users: ${tasks.join(", ")}` };
}

/**
 * What the read alone shows: full control for our system user, or an inconclusive answer. In observe mode it
 * stands for the write.
 */
function readOf(reply: GraphReply, identity: ProbeIdentity, otherwise: Answer): Answer {
  const read = findingOf(reply);
  const { model, observing } = identity.terms ?? usualTerms();
  if (read.finding === "nothing") return inconclusiveAnswerOf(read);
  if (!hasControl(reply, identity.systemUserId, model)) return otherwise;
  return observing ? { verdict: "true", byWrite: true } : { verdict: "true" };
}

/**
 * Whether `assigned_users` shows full control for our own system user: the task MANAGE, or the tasks that the
 * model accepts instead.
 */
export function hasControl(reply: GraphReply, systemUserId: string, model: PartnerModel): boolean {
  return areEnough(model, tasksOf(reply, systemUserId));
}

/** Whether `assigned_users` shows the task MANAGE for our own system user. */
export function hasManage(reply: GraphReply, systemUserId: string): boolean {
  return tasksOf(reply, systemUserId).includes("MANAGE");
}

/** The tasks that `assigned_users` shows for our own system user. */
export function tasksOf(reply: GraphReply, systemUserId: string): string[] {
  const own = itemsOf(reply).find((user) => isMetaId(user.id, systemUserId));
  return Array.isArray(own?.tasks) ? own.tasks.filter((task) => typeof task === "string") : [];
}

function writeOf(reply: GraphReply | null): ProbeResult["write"] {
  if (reply === null) return "none";
  if (reply.kind === "success") return "passed";
  const { finding } = findingOf(reply);
  return finding === "out_of_reach" || finding === "locked" ? "failed" : "none";
}

function subscriptionOf(
  replies: Replies,
  identity: ProbeIdentity,
  shared: Answer,
): { subscription: Answer; override?: string | null; overrideWritten?: boolean } {
  const reply = replies.subscribedApps;
  if (reply === null) return { subscription: followOf(shared) };
  const read = findingOf(reply);
  if (read.finding !== "stands") {
    const { reason, ours } = read.finding === "nothing" ? read : { reason: "not_yet_proven", ours: false };
    return { subscription: { verdict: "none", reason, ours } };
  }
  const own = subscriptionIn(reply, identity.appId);
  const isRepaired = replies.repair?.kind === "success";
  // Our subscription may stand on a page that was not read. A new subscription would erase its override.
  if (own === null && !isRepaired && !isWhole(reply))
    return { subscription: { verdict: "none", reason: "not_yet_proven", ours: false } };
  if (own === null && !isRepaired)
    return { subscription: { verdict: "bad", reason: "subscription_missing", words: null } };
  const written = replies.repairOverride?.kind === "success" ? identity.heldOverride : undefined;
  if (typeof written === "string")
    return { subscription: { verdict: "true" }, override: written, overrideWritten: true };
  // A new subscription has no override: Meta drops an override together with the old subscription.
  return { subscription: { verdict: "true" }, override: own?.override ?? null };
}

/** Null for an address that no server accepts, because the size of a share record is bounded. */
export function subscriptionIn(reply: GraphReply, appId: string): { override: string | null } | null {
  if (reply.kind !== "success") return null;
  for (const item of itemsOf(reply)) {
    const app = item.whatsapp_business_api_data;
    if (typeof app === "object" && app !== null && isMetaId((app as { id?: unknown }).id, appId))
      return { override: overrideOf(item.override_callback_uri) };
  }
  return null;
}

/** An address that no server takes is none: what is remembered of a share is bounded. */
function overrideOf(uri: unknown): string | null {
  return typeof uri === "string" && uri.length <= LONGEST_URI ? uri : null;
}

const LONGEST_URI = 2000;

function lockedOf(waba: Finding): Answer | null {
  return waba.finding === "locked" ? { verdict: "bad", reason: "meta_disabled", words: waba.words } : null;
}

/** The answer for conditions that cannot be asked while the share gives no answer. */
function followOf(shared: Answer): Answer {
  if (shared.verdict === "none") return shared;
  return { verdict: "none", reason: "not_yet_proven", ours: false };
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
    const known = Object.entries(identity.numberIds).map(([meta, id]) => [id, silent(meta)]);
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

/** The callback of the number itself. Null: it has none. Undefined: the answer does not say. */
export function numberOverrideIn({
  webhook_configuration: set,
}: Record<string, unknown>): string | null | undefined {
  return typeof set === "object" && set !== null
    ? overrideOf((set as { phone_number?: unknown }).phone_number)
    : undefined;
}

/** The id of an item, or null when it is malformed. A name such as "constructor" must never become a key. */
function digitsOf({ id }: Record<string, unknown>): string | null {
  return (typeof id === "string" || typeof id === "number") && /^[0-9]{1,20}$/.test(String(id))
    ? String(id)
    : null;
}

/** Whether the answer is the list to its end. Only then do absent items count as missing. */
export function isWhole(reply: GraphReply): boolean {
  const paging =
    reply.kind === "success" ? (reply.body.paging as { next?: unknown } | null | undefined) : null;
  return reply.kind === "success" && paging?.next === undefined;
}

/** The items of a list that Meta sent. */
export function itemsOf(reply: GraphReply): Record<string, unknown>[] {
  if (reply.kind !== "success" || !Array.isArray(reply.body.data)) return [];
  return reply.body.data.filter(
    (item): item is Record<string, unknown> => typeof item === "object" && item !== null,
  );
}
