import { english } from "../../messages/english.ts";
import { assertNever } from "../../lib/assert.ts";
import type { Refusal } from "../../sharing/gate/gate-verdict.ts";
import type { GateEntry } from "./gateway-deps.ts";
import { type GatewayRefusal, tryAgainRefusal } from "./gateway-refusal.ts";
import type { GatewayRequest } from "./gateway-request.ts";

export interface Entered {
  entry: GateEntry;
  isHalfOpen: boolean;
}

/** Whether the gate lets this message through now. */
export function enterGate(gatewayRequest: GatewayRequest): Entered | { refusal: GatewayRefusal } {
  const { context, holder } = gatewayRequest;
  const entry = context.deps.gateOf(holder.numberId);
  if (context.isClosing)
    return { refusal: tryAgainRefusal("stopping", "nobody", english("gateway.stopping")) };
  if (!entry) return { refusal: tryAgainRefusal("not_ready", "provider", english("gateway.not_ready")) };
  const { verdict } = entry;
  switch (verdict.decision) {
    case "closed":
      return { refusal: withWayBack(gatewayRequest, verdict.refusal) };
    case "half_open":
      if (context.halfOpen.has(holder.numberId))
        return { refusal: withWayBack(gatewayRequest, verdict.refusal) };
      return { entry, isHalfOpen: true };
    case "open":
      return { entry, isHalfOpen: false };
    default:
      return assertNever(verdict, "verdict");
  }
}

/** A refusal that the client can repair carries the re-share address. */
function withWayBack({ context, holder }: GatewayRequest, refusal: Refusal): GatewayRefusal {
  if (refusal.leadsBack !== true) return refusal;
  return { ...refusal, reshareUrl: context.deps.reshareUrlOf?.(holder.numberId) ?? null };
}
