import { expectedReplyOf } from "../../meta/expected-reply.ts";
import type { GraphReply } from "../../meta/graph-reply.ts";
import { parseMetaId } from "../../meta/meta-id.ts";
import { isWhole, itemsOf, numberOverrideIn, subscriptionIn, type Replies } from "../evidence/judge-probe.ts";
import type { MetaAccount } from "./meta-account.ts";

/** A callback for one WABA alone, with the token that its owner expects in Meta's handshake. */
export interface Override {
  uri: string;
  verifyToken: string;
}

export type Repaired = Pick<Replies, "repair" | "repairOverride">;
export const NOT_MENDED: Repaired = { repair: null, repairOverride: null };

const TIMEOUT_MS = 2500;

/**
 * A dropped subscription is mended at once: read, and written only when absent, for a bare POST erases an override (subscribed_apps
 * reference). An override whose verify token we hold is written back, also where the subscription stands without it; one that
 * somebody has replaced is left alone. Subscribed first, then overridden: Meta refuses an override before the app is subscribed
 * ("Before override the current callback uri, your app must be subscribed", chatwoot issue 12488).
 */
export async function repairSubscription(
  account: MetaAccount,
  { wabaId, read, override }: { wabaId: string; read: GraphReply; override: Override | null },
): Promise<Repaired> {
  if (expectedReplyOf(read).kind !== "success") return NOT_MENDED;
  const own = subscriptionIn(read, account.appId);
  if (own === null && !isWhole(read)) return NOT_MENDED;
  const repair = own === null ? await writeSubscription(account, wabaId, null) : null;
  const stands = own !== null || repair?.kind === "success";
  const isMissing = override !== null && (own?.override ?? null) === null;
  const repairOverride = stands && isMissing ? await writeSubscription(account, wabaId, override) : null;
  return { repair, repairOverride };
}

/** Null: the bare POST, which subscribes and erases an override. The token goes in the body: addresses stand in logs. */
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

/** Writes back what the read lacks of the numbers' own callbacks. @returns what it came to, by Meta's id of the number */
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

/** An empty address takes it away (webhook override, 2026-09). */
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
