import { expectedReplyOf } from "../meta/expected-reply.ts";
import type { GraphReply } from "../meta/graph-reply.ts";
import { isWhole, subscriptionIn, type Replies } from "./judge-look.ts";
import type { MetaAccount } from "./meta-account.ts";

/** A callback for one WABA alone, with the token that its owner expects in Meta's handshake. */
export interface Override {
  uri: string;
  verifyToken: string;
}

export type Mended = Pick<Replies, "mend" | "mendOverride">;
export const NOT_MENDED: Mended = { mend: null, mendOverride: null };

const TIMEOUT_MS = 2500;

/**
 * A dropped subscription is mended at once: read, and written only when absent, for a bare POST erases an override (subscribed_apps
 * reference). An override whose verify token we hold is written back, also where the subscription stands without it; one that
 * somebody has replaced is left alone. Subscribed first, then overridden: Meta refuses an override before the app is subscribed
 * ("Before override the current callback uri, your app must be subscribed", chatwoot issue 12488).
 */
export async function mendSubscription(
  account: MetaAccount,
  { wabaId, read, override }: { wabaId: string; read: GraphReply; override: Override | null },
): Promise<Mended> {
  if (expectedReplyOf(read).kind !== "success") return NOT_MENDED;
  const own = subscriptionIn(read, account.appId);
  if (own === null && !isWhole(read)) return NOT_MENDED;
  const mend = own === null ? await writeSubscription(account, wabaId, null) : null;
  const stands = own !== null || mend?.kind === "success";
  const isMissing = override !== null && (own?.override ?? null) === null;
  const mendOverride = stands && isMissing ? await writeSubscription(account, wabaId, override) : null;
  return { mend, mendOverride };
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
