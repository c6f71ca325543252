import type { GraphReply } from "../meta/graph-reply.ts";
import { tokenInfoOf } from "../meta/token-info.ts";
import { metaMessageOf } from "../sharing/evidence/evidence-table.ts";
import { itemsOf } from "../meta/list-reply.ts";
import { DAY } from "../sharing/model/timings.ts";
import type { CertificateAnswer } from "./read-certificate.ts";

/**
 * Webhook health: whether Meta's webhooks reach us and our token is valid. Without webhooks a share can be
 * lost unannounced, so this is checked too. Pure: turns Meta's answers into outcomes.
 */
export const WEBHOOK_CHECKS = ["app_subscription", "callback", "certificate", "token"] as const;
export type WebhookCheckName = (typeof WEBHOOK_CHECKS)[number];

/**
 * The outcomes of a check, and whether each is healthy. The sentences stand in messages/en/server.json under
 * the same names.
 */
export const WEBHOOK_CHECK_OUTCOMES = {
  subscribed: { check: "app_subscription", ok: true },
  fields_missing: { check: "app_subscription", ok: true },
  not_subscribed: { check: "app_subscription", ok: false },
  inactive: { check: "app_subscription", ok: false },
  lacks_account_update: { check: "app_subscription", ok: false },
  foreign_callback: { check: "app_subscription", ok: false },
  subscription_unreadable: { check: "app_subscription", ok: false },
  answers: { check: "callback", ok: true },
  address_unknown: { check: "callback", ok: false },
  does_not_answer: { check: "callback", ok: false },
  certificate_lives: { check: "certificate", ok: true },
  certificate_ends_soon: { check: "certificate", ok: false },
  certificate_refused: { check: "certificate", ok: false },
  token_lives: { check: "token", ok: true },
  token_ends_soon: { check: "token", ok: false },
  token_dead: { check: "token", ok: false },
  token_lacks_scopes: { check: "token", ok: false },
  token_unreadable: { check: "token", ok: false },
} as const satisfies Record<string, { check: WebhookCheckName; ok: boolean }>;

export type WebhookCheckOutcome = keyof typeof WEBHOOK_CHECK_OUTCOMES;

export interface Finding {
  outcome: WebhookCheckOutcome;
  /** Values for the sentences, and for the person who repairs it. */
  detail: Record<string, string>;
}

export interface WebhookCheck extends Finding {
  check: WebhookCheckName;
  at: number;
  repairedAt: number | null;
}

/** As stored: `since` is when it first had this outcome, or was last repaired. */
export interface KnownWebhookCheck extends WebhookCheck {
  since: number;
}

export const SUBSCRIBED_OBJECT = "whatsapp_business_account";
/** Without it no removal is ever announced. */
const NEEDED_FIELD = "account_update";
/** All fields that we read. */
export const WANTED_FIELDS = [
  NEEDED_FIELD,
  "account_review_update",
  "message_template_status_update",
  "messages",
  "phone_number_quality_update",
] as const;
const NEEDED_SCOPES = ["whatsapp_business_management", "whatsapp_business_messaging"] as const;
const TOKEN_ENDS_SOON = 7 * DAY;
/** Certificates are renewed 30 days before they end, mostly: one that is not has a fault. */
const CERTIFICATE_ENDS_SOON = 21 * DAY;

export interface AppSubscription {
  callbackUrl: string;
  active: boolean;
  fields: string[];
}

/** The app's subscription to WABAs as Meta lists it; undefined when there is none. */
export function appSubscriptionOf(reply: GraphReply): AppSubscription | undefined {
  const item = itemsOf(reply).find((each) => each.object === SUBSCRIBED_OBJECT);
  if (item === undefined) return undefined;
  const fields = Array.isArray(item.fields) ? item.fields : [];
  return {
    callbackUrl: typeof item.callback_url === "string" ? item.callback_url : "",
    active: item.active !== false,
    fields: fields.map(nameOf).filter((name) => name !== ""),
  };
}

/** Meta lists a field as an object with its version; older versions of the API listed its name. */
function nameOf(field: unknown): string {
  if (typeof field === "string") return field;
  const name = (field as { name?: unknown } | null)?.name;
  return typeof name === "string" ? name : "";
}

/**
 * @param callbackUrl our own webhook address; the callbacks of its connections lie below it. Null: not known,
 * then no callback can be called foreign
 */
export function judgeSubscription(reply: GraphReply, callbackUrl: string | null): Finding {
  if (reply.kind !== "success")
    return { outcome: "subscription_unreadable", detail: { metaMessage: metaMessageOf(reply) } };
  const subscription = appSubscriptionOf(reply);
  if (subscription === undefined) return { outcome: "not_subscribed", detail: {} };
  const detail = { callback: subscription.callbackUrl };
  if (callbackUrl !== null && !isOurs(subscription.callbackUrl, callbackUrl))
    return { outcome: "foreign_callback", detail };
  if (!subscription.active) return { outcome: "inactive", detail };
  if (!subscription.fields.includes(NEEDED_FIELD)) return { outcome: "lacks_account_update", detail };
  const missing = WANTED_FIELDS.filter((field) => !subscription.fields.includes(field));
  return missing.length === 0
    ? { outcome: "subscribed", detail }
    : { outcome: "fields_missing", detail: { ...detail, fields: missing.join(", ") } };
}

export function isOurs(callback: string, callbackUrl: string): boolean {
  return callback === callbackUrl || callback.startsWith(`${callbackUrl}/`);
}

/**
 * Outcomes that a new subscription repairs. A callback that is not ours belongs to somebody: it is named and
 * left alone.
 */
export function mayRepair(outcome: WebhookCheckOutcome): boolean {
  return outcome === "not_subscribed" || outcome === "inactive" || outcome === "lacks_account_update";
}

/** The certificate of our own address, as whoever calls it sees it. */
export function judgeCertificate(
  answer: Exclude<CertificateAnswer, { kind: "unreached" }>,
  callback: string,
  now: number,
): Finding {
  if (answer.kind === "refused")
    return { outcome: "certificate_refused", detail: { callback, why: answer.why } };
  const detail = { callback, ends_at: new Date(answer.endsAt).toISOString() };
  const isNear = answer.endsAt - now < CERTIFICATE_ENDS_SOON;
  return { outcome: isNear ? "certificate_ends_soon" : "certificate_lives", detail };
}

/** `debug_token` of our own token, asked with the app's. */
export function judgeToken(reply: GraphReply, now: number): Finding {
  if (reply.kind !== "success")
    return { outcome: "token_unreadable", detail: { metaMessage: metaMessageOf(reply) } };
  const info = tokenInfoOf(reply);
  if (info.kind !== "valid") return { outcome: "token_dead", detail: {} };
  const lacking = NEEDED_SCOPES.filter((scope) => !info.scopes.includes(scope));
  if (lacking.length > 0) return { outcome: "token_lacks_scopes", detail: { scopes: lacking.join(", ") } };
  if (info.endsAt !== null && info.endsAt - now < TOKEN_ENDS_SOON)
    return { outcome: "token_ends_soon", detail: { ends_at: new Date(info.endsAt).toISOString() } };
  return { outcome: "token_lives", detail: {} };
}
