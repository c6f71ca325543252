import { expectedReplyOf } from "../../meta/expected-reply.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import { parseMetaId } from "../../meta/meta-id.ts";
import { isWhole, itemsOf } from "../../meta/list-reply.ts";
import { numberOverrideIn, subscriptionIn } from "../evidence/subscription-evidence.ts";
import type { Replies } from "../evidence/probe-replies.ts";
import type { MetaAccount } from "./meta-account.ts";

/** A callback for one WABA alone, with the token that its owner expects in Meta's handshake. */
export interface Override {
  uri: string;
  verifyToken: string;
}

export type Repaired = Pick<Replies, "repair" | "repairOverride">;
export const NOT_REPAIRED: Repaired = { repair: null, repairOverride: null };

const TIMEOUT_MS = 2500;

/**
 * Repairs a dropped subscription at once. It reads first and writes only when the subscription is absent,
 * because a bare POST erases an override (subscribed_apps reference). An override whose verify token we hold
 * is written back, also where the subscription is intact. One that somebody replaced is left alone. The order
 * is subscription, then override, because Meta refuses an override before the app is subscribed ("Before
 * override the current callback uri, your app must be subscribed", chatwoot issue 12488).
 */
export async function repairSubscription(
  account: MetaAccount,
  { wabaId, read, override }: { wabaId: string; read: GraphReply; override: Override | null },
): Promise<Repaired> {
  if (expectedReplyOf(read).kind !== "success") return NOT_REPAIRED;
  const own = subscriptionIn(read, account.appId);
  if (own === null && !isWhole(read)) return NOT_REPAIRED;
  const repair = own === null ? await writeSubscription(account, wabaId, null) : null;
  const stands = own !== null || repair?.kind === "success";
  const isMissing = override !== null && (own?.override ?? null) === null;
  const repairOverride = stands && isMissing ? await writeSubscription(account, wabaId, override) : null;
  return { repair, repairOverride };
}

/**
 * Null: the bare POST, which subscribes and erases an override. The token goes into the body, because logs
 * contain addresses.
 */
export async function writeSubscription(
  account: MetaAccount,
  wabaId: string,
  override: Override | null,
): Promise<GraphReply> {
  const reply = await account.graph.ask({
    method: "POST",
    path: `/${wabaId}/subscribed_apps`,
    ...(override && { body: { override_callback_uri: override.uri, verify_token: override.verifyToken } }),
    token: account.token,
    timeoutMs: TIMEOUT_MS,
  });
  return expectedReplyOf(reply);
}

/** A number's callback that we hold, with Meta's id of the number. */
export interface NumberOverride extends Override {
  phoneNumberId: string;
}

/**
 * Writes back the own callbacks of numbers that the read lacks. @returns the replies, by Meta's id of the
 * number
 */
export async function repairNumberOverrides(
  account: MetaAccount,
  { phoneNumbers, held }: { phoneNumbers: GraphReply; held: readonly NumberOverride[] },
): Promise<Record<string, GraphReply>> {
  const items = new Map(itemsOf(phoneNumbers).map((item) => [parseMetaId(item.id) ?? "", item]));
  const lost = held.filter(({ phoneNumberId }) => numberOverrideIn(items.get(phoneNumberId) ?? {}) === null);
  const replies = await Promise.all(
    lost.map(
      async (override) => [override.phoneNumberId, await writeNumberOverride(account, override)] as const,
    ),
  );
  return Object.fromEntries(replies);
}

/** An empty address removes it (webhook override, 2026-09). */
export async function writeNumberOverride(
  account: MetaAccount,
  { phoneNumberId, uri, verifyToken }: NumberOverride,
): Promise<GraphReply> {
  const configuration = { override_callback_uri: uri, ...(uri !== "" && { verify_token: verifyToken }) };
  const reply = await account.graph.ask({
    method: "POST",
    path: `/${phoneNumberId}`,
    body: { webhook_configuration: configuration },
    token: account.token,
    timeoutMs: TIMEOUT_MS,
  });
  if (reply.kind !== "success" || reply.body.success === true) return reply;
  const { request, askedAt, answeredAt, status } = reply;
  const detail = "The answer does not say that it was done";
  return { request, askedAt, answeredAt, kind: "no_answer", cause: "malformed", detail, status };
}
