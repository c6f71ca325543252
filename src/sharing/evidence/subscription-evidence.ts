import type { GraphReply } from "../../meta/graph-reply.ts";
import { isWhole, itemsOf } from "../../meta/list-reply.ts";
import { isMetaId } from "../../meta/meta-id.ts";
import type { Answer } from "../model/probe-result.ts";
import { findingOf } from "./evidence-table.ts";
import { followOf, type ProbeIdentity, type Replies } from "./probe-replies.ts";

export function subscriptionOf(
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
    return { subscription: { verdict: "bad", reason: "subscription_missing", metaMessage: null } };
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

/** The callback of the number itself. Null: it has none. Undefined: the answer does not say. */
export function numberOverrideIn({
  webhook_configuration: set,
}: Record<string, unknown>): string | null | undefined {
  return typeof set === "object" && set !== null
    ? overrideOf((set as { phone_number?: unknown }).phone_number)
    : undefined;
}
