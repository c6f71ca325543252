/**
 * The path of a message: key, number, gate, token, Meta, answer.
 *
 * Thousands of messages a second pass here, so the path makes no query and waits for nothing but the body and
 * Meta. Channel keys, gate verdicts and tokens are maps in memory that follow the database.
 *
 * - The body goes to Meta byte for byte, and Meta's answer comes back byte for byte. Only a refusal of our
 *   own token is not passed on.
 * - The gate is asked when the whole body has arrived, so that a gate that closes during the upload still
 *   holds.
 * - A half-open number lets one message at a time pass. Its answer opens or closes the gate, and the other
 *   messages are refused meanwhile.
 * - Bodies count against a bound in bytes for all numbers and a bound in messages for each, so that one
 *   number that hangs or floods leaves room for the others.
 * - A request that was never written to Meta is safe to repeat (503). When Meta's answer was lost after
 *   writing, the outcome is unknown (504), and the sender must not repeat it blindly.
 */

import { english } from "../../messages/english.ts";
import type { IncomingMessage, ServerResponse, IncomingHttpHeaders } from "node:http";
import { systemClock } from "../../lib/clock.ts";
import { collectBody } from "../../lib/read-body.ts";
import { enterGate, type Entered } from "./enter-gate.ts";
import type { GatewayDeps } from "./gateway-deps.ts";
import {
  bodyRefusal,
  guessedKeyRefusal,
  keyRefusal,
  noRoomRefusal,
  notOfferedRefusal,
  rateRefusal,
  renderRefusal,
  tryAgainRefusal,
} from "./gateway-refusal.ts";
import {
  type GatewayContext,
  type GatewayRequest,
  refuse,
  refuseRequest,
  refuseUnread,
} from "./gateway-request.ts";
import { type GatewayRoute, isMachinePath, parseGatewayRoute } from "./gateway-route.ts";
import { handBack } from "./hand-back.ts";
import { HeldMessages } from "./held-messages.ts";
import { createMessageWire } from "./message-wire.ts";
import { throughputOf } from "./throughput.ts";
import { TokenBuckets } from "./token-buckets.ts";
import { isJsonObject } from "../../meta/exact-json.ts";
import type { KeyHolder } from "../keys/channel-keys.ts";

/**
 * Handles a request at the gateway's addresses, or at any other address of Meta's or 360dialog's. Returns
 * false for other requests and leaves them untouched.
 */
export interface Gateway {
  (request: IncomingMessage, response: ServerResponse): boolean;
  /**
   * Accepts no more messages, waits for those in progress (10 s at most by wall clock), then closes the
   * connections.
   */
  close(): Promise<void>;
}

const ANSWER_TIMEOUT_MS = 30_000;
/** Most messages are below 2 KB; the limit in bytes covers large ones. */
const HELD = { messages: 4096, bytes: 64 * 1024 * 1024 };

const DRAIN_LIMIT_MS = 10_000;
const DRAIN_STEP_MS = 50;

/**
 * The messaging gateway: key -> number -> gate (cache) -> token -> Meta -> answer. The body goes to Meta byte
 * for byte and Meta's answer comes back byte for byte; only a refusal of our own token is not passed on.
 */
export function createGateway(deps: GatewayDeps): Gateway {
  const answerTimeoutMs = deps.answerTimeoutMs ?? ANSWER_TIMEOUT_MS;
  const wire = createMessageWire({ graphUrl: deps.graphUrl, clock: deps.clock, answerTimeoutMs });
  const context: GatewayContext = {
    deps,
    wire,
    held: new HeldMessages(deps.held ?? HELD),
    buckets: new TokenBuckets(),
    halfOpen: new Set(),
    isClosing: false,
  };
  const handle = (request: IncomingMessage, response: ServerResponse): boolean => {
    const { method = "", url = "" } = request;
    const route = parseGatewayRoute(method, url, request.headers);
    if (route) receiveMessage(context, route, request, response);
    else if (isMachinePath(url)) refuseAddress(deps, method, response);
    else return false;
    return true;
  };
  const close = async (): Promise<void> => {
    context.isClosing = true;
    for (let waitedMs = 0; wire.underWayCount > 0 && waitedMs < DRAIN_LIMIT_MS; waitedMs += DRAIN_STEP_MS) {
      await deps.clock.pause(DRAIN_STEP_MS);
    }
    await wire.close();
  };
  return Object.assign(handle, { close });
}

/** Not a message, so the count of messages leaves it out. */
function refuseAddress(
  deps: Pick<GatewayDeps, "answerHeaders" | "newRequestId">,
  method: string,
  response: ServerResponse,
): void {
  const { status, headers, body } = renderRefusal(notOfferedRefusal(method), deps.newRequestId());
  response.writeHead(status, { ...deps.answerHeaders, ...headers });
  response.end(body);
}

function receiveMessage(
  context: GatewayContext,
  route: GatewayRoute,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const requestId = context.deps.newRequestId();
  const holder = route.key === null ? undefined : context.deps.keys.find(route.key);
  const keyFault = keyFaultOf(route, holder, (id) => context.deps.gateOf(id)?.phoneNumberId);
  if (!holder || keyFault) {
    const waitS = holder || route.key === null ? 0 : (context.deps.onWrongKey?.(request, route.key) ?? 0);
    const refusal = waitS > 0 ? guessedKeyRefusal(waitS) : keyRefusal(keyFault ?? "");
    return refuse(context, response, requestId, refusal);
  }
  const announced = announcedBytesOf(request.headers);
  if (announced > MESSAGE_LIMIT_BYTES)
    return refuseUnread(context, response, requestId, bodyRefusal(english("gateway.body.too_large")));
  const hold = context.held.hold(holder.numberId, announced);
  if (typeof hold === "string") return refuse(context, response, requestId, noRoomRefusal(hold));
  const gatewayRequest: GatewayRequest = { context, route, holder, response, requestId, hold };
  const mayKeep = (chunkBytes: number, bodyBytes: number): boolean =>
    bodyBytes <= announced || hold.grow(chunkBytes);
  collectBody(request, { limitBytes: MESSAGE_LIMIT_BYTES, mayKeep }, (read) => {
    if (read.kind === "whole" && isMessage(read.body)) return passGate(gatewayRequest, read.body);
    hold.release();
    if (read.kind === "gone")
      return context.deps.log.debug(
        { requestId, numberId: holder.numberId },
        "the sender closed the connection mid-request",
      );
    if (read.kind === "too_large")
      return refuseUnread(context, response, requestId, bodyRefusal(english("gateway.body.too_large")));
    if (read.kind === "no_room") return refuseUnread(context, response, requestId, noRoomRefusal("number"));
    refuse(context, response, requestId, bodyRefusal(english("gateway.body.not_a_message")));
  });
}

/**
 * The gate is read when the whole body has arrived, so that a gate that closes during the upload still holds.
 */
function passGate(gatewayRequest: GatewayRequest, body: Buffer): void {
  const entered = enterGate(gatewayRequest);
  if ("refusal" in entered) return refuseRequest(gatewayRequest, entered.refusal);
  const { deps, buckets } = gatewayRequest.context;
  if (deps.keepsThroughput !== false) {
    const perSecond = throughputOf(entered.entry);
    const now = (deps.wallNow ?? systemClock.now)();
    const waitMs = buckets.take(gatewayRequest.holder.numberId, perSecond, now);
    if (waitMs > 0) return refuseRequest(gatewayRequest, rateRefusal(perSecond, waitMs));
  }
  sendMessage(gatewayRequest, entered, body);
}

function sendMessage(gatewayRequest: GatewayRequest, { entry, isHalfOpen }: Entered, body: Buffer): void {
  const { context, route, holder } = gatewayRequest;
  const { numberId } = holder;
  const token = context.deps.tokenOf(entry.connectionId, numberId);
  if (token === null)
    return refuseRequest(
      gatewayRequest,
      tryAgainRefusal("provider_token_invalid", "provider", english("gateway.no_token")),
    );
  if (isHalfOpen) context.halfOpen.add(numberId);
  const path = `/${route.version ?? context.deps.graphVersion}/${entry.phoneNumberId}/messages`;
  const { decision } = entry.verdict;
  // While it is queued, its sender may disconnect and its gate may close.
  const isWanted = (): boolean =>
    !gatewayRequest.response.destroyed && context.deps.gateOf(numberId)?.verdict.decision === decision;
  context.wire.send({ numberId, isWanted, path, token, body }, (outcome) => {
    if (isHalfOpen) context.halfOpen.delete(numberId);
    handBack(gatewayRequest, outcome, { entry, isHalfOpen });
    gatewayRequest.hold.release();
  });
}

const MESSAGE_LIMIT_BYTES = 1024 * 1024;

/** The announced length of the body; 0 when none is announced. */
function announcedBytesOf(headers: Pick<IncomingHttpHeaders, "content-length">): number {
  return Number(headers["content-length"] ?? 0);
}

/** Whether the bytes are one JSON object. They are passed on unchanged, so Meta judges their content. */
function isMessage(body: Buffer): boolean {
  try {
    return isJsonObject(JSON.parse(body.toString()) as unknown);
  } catch {
    return false;
  }
}

/**
 * What is wrong with the key, or null. At Meta's own address the key must belong to the number in the
 * address.
 */
function keyFaultOf(
  route: GatewayRoute,
  holder: KeyHolder | undefined,
  phoneNumberIdOf: (numberId: string) => string | undefined,
): string | null {
  if (route.key === null) return english("gateway.key.missing", { header: route.keyHint });
  if (!holder) return english("gateway.key.unknown");
  if (route.phoneNumberId === null) return null;
  const own = phoneNumberIdOf(holder.numberId);
  return own !== undefined && own !== route.phoneNumberId ? english("gateway.key.of_another_number") : null;
}
