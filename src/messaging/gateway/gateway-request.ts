import type { ServerResponse } from "node:http";
import type { KeyHolder } from "../keys/channel-keys.ts";
import type { GatewayDeps, MessageCount } from "./gateway-deps.ts";
import { type GatewayRefusal, renderRefusal } from "./gateway-refusal.ts";
import type { GatewayRoute } from "./gateway-route.ts";
import type { HeldMessages, Hold } from "./held-messages.ts";
import type { createMessageWire } from "./message-wire.ts";
import type { TokenBuckets } from "./token-buckets.ts";

export interface GatewayContext {
  deps: GatewayDeps;
  wire: ReturnType<typeof createMessageWire>;
  held: HeldMessages;
  buckets: TokenBuckets;
  /** Half-open numbers whose message is in progress on this instance. */
  halfOpen: Set<string>;
  isClosing: boolean;
}

/** One message in progress: its sender, and the response for the answer. */
export interface GatewayRequest {
  context: GatewayContext;
  route: GatewayRoute;
  holder: KeyHolder;
  response: ServerResponse;
  requestId: string;
  hold: Hold;
}

/** The rest of the body is not read: the connection ends with the answer. */
export function refuseUnread(
  context: GatewayContext,
  response: ServerResponse,
  requestId: string,
  refusal: GatewayRefusal,
): void {
  response.setHeader("Connection", "close");
  refuse(context, response, requestId, refusal);
}

export function refuseRequest(
  gatewayRequest: GatewayRequest,
  refusal: GatewayRefusal,
  outcome?: MessageCount["outcome"],
): void {
  gatewayRequest.hold.release();
  refuse(gatewayRequest.context, gatewayRequest.response, gatewayRequest.requestId, refusal, outcome);
}

export function refuse(
  context: GatewayContext,
  response: ServerResponse,
  requestId: string,
  refusal: GatewayRefusal,
  outcome: MessageCount["outcome"] = "refused_here",
): void {
  const { status, headers, body } = renderRefusal(refusal, requestId);
  response.writeHead(status, { ...context.deps.answerHeaders, ...headers });
  response.end(body);
  context.deps.onCount?.({ outcome, reason: refusal.reason });
}
