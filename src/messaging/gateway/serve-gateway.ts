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

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import { assertNever } from "../../lib/assert.ts";
import { systemClock, type Clock } from "../../lib/clock.ts";
import { collectBody } from "../../lib/read-body.ts";
import type { GateVerdict, Refusal } from "../../sharing/gate/gate-verdict.ts";
import type { ChannelKeys, KeyHolder } from "../keys/channel-keys.ts";
import { isMachinePath, parseGatewayRoute } from "./gateway-route.ts";
import type { GatewayRoute } from "./gateway-route.ts";
import {
  bodyRefusal,
  guessedKeyRefusal,
  keyRefusal,
  lostAnswerRefusal,
  noRoomRefusal,
  notOfferedRefusal,
  rateRefusal,
  renderRefusal,
  tryAgainRefusal,
} from "./gateway-refusal.ts";
import type { GatewayRefusal } from "./gateway-refusal.ts";
import { HeldMessages, type Hold } from "./held-messages.ts";
import { answerHeadersOf, explainedOf, meaningOfAnswer, halfOpenOutcomeOf } from "./meta-answer.ts";
import type { AnswerMeaning } from "./meta-answer.ts";
import { keyFaultOf } from "./key-fault.ts";
import { createMessageWire } from "./message-wire.ts";
import type { WireOutcome } from "./message-wire.ts";
import { announcedBytesOf, isMessage, MESSAGE_LIMIT_BYTES } from "./message-body.ts";
import { throughputOf } from "./throughput.ts";
import { TokenBuckets } from "./token-buckets.ts";

/** A number as the gate knows it. `phoneNumberId` and `wabaId` are Meta's ids, `connectionId` ours. */
export interface GateEntry {
  phoneNumberId: string;
  connectionId: string;
  wabaId: string;
  verdict: GateVerdict;
  /**
   * True while an accepted message would prove what no probe can: a coexistence number whose companion link
   * is not True.
   */
  isProvedBySending?: boolean;
  /** A number that lives in the WhatsApp Business app, for which Meta allows less throughput. */
  isCoexistence?: boolean;
}

/**
 * Meta's refusal of a message: evidence that starts a probe. `code` is null when Meta's envelope had none.
 */
export interface RefusedMessage {
  connectionId: string;
  numberId: string;
  status: number;
  code: number | null;
  subcode: number | null;
  /** Meta's explanation for people, if it gave one, else null. */
  words: string | null;
}

/**
 * How a message ended, for the metrics. `reason` is ours for our refusals, Meta's code for Meta's refusals,
 * and the HTTP status for an answer that is neither an acceptance nor a refusal.
 */
export interface MessageCount {
  outcome: "accepted" | "refused_by_meta" | "unclear" | "refused_here" | "not_sent" | "unknown";
  reason: string | null;
}

export interface GatewayDeps {
  clock: Clock;
  log: Logger;
  graphUrl: string;
  graphVersion: string;
  keys: Pick<ChannelKeys, "find">;
  /** Read from a cache that follows the journal: no query, no promise. Null while the number is not known. */
  gateOf(numberId: string): GateEntry | null;
  /** The client's re-share address, or null. Called only for refusals of the gate. */
  reshareUrlOf?(numberId: string): string | null;
  /** The access token to send with; null when we have none that is valid. */
  tokenOf(connectionId: string, numberId: string): string | null;
  /** Called for a wrong key. Returns how many seconds its sender must wait; right keys never wait. */
  onWrongKey?(request: IncomingMessage, key: string): number;
  /** Headers of every answer, with names in lower case; built once, because this path is hot. */
  answerHeaders?: Readonly<Record<string, string>>;
  newRequestId(): string;
  onRefused(event: RefusedMessage): void;
  /**
   * What the message of a half-open gate showed. Not called when Meta's answer says nothing about the number.
   */
  onHalfOpen(numberId: string, accepted: boolean): void;
  /** Meta accepted a message of a number with `isProvedBySending`. */
  onAccepted?(numberId: string): void;
  /** Meta accepted a message or a receipt, or refused it. Not called for any other answer. */
  onAnswered?(numberId: string, took: "message" | "receipt" | "nothing"): void;
  onCount?(count: MessageCount): void;
  /** Whether Meta's throughput limit of each number is enforced (THROUGHPUT_LIMITS). Default true. */
  keepsThroughput?: boolean;
  /**
   * Wall clock for the throughput, ms: a frozen sandbox clock must not stop sending. Default: the machine's
   * clock.
   */
  wallNow?(): number;
  /** Limits of the memory for messages. */
  held?: { messages: number; bytes: number };
  /** Wall clock for Meta's whole answer. Default 30 s. */
  answerTimeoutMs?: number;
}

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

interface GatewayContext {
  deps: GatewayDeps;
  wire: ReturnType<typeof createMessageWire>;
  held: HeldMessages;
  buckets: TokenBuckets;
  /** Half-open numbers whose message is in progress on this instance. */
  halfOpen: Set<string>;
  isClosing: boolean;
}

/** One message in progress: its sender, and the response for the answer. */
interface GatewayRequest {
  context: GatewayContext;
  route: GatewayRoute;
  holder: KeyHolder;
  response: ServerResponse;
  requestId: string;
  hold: Hold;
}

/** Not a message, so the count of messages leaves it out. */
function refuseAddress(deps: GatewayDeps, method: string, response: ServerResponse): void {
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
    return refuseUnread(context, response, requestId, bodyRefusal(TOO_LARGE));
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
    if (read.kind === "too_large") return refuseUnread(context, response, requestId, bodyRefusal(TOO_LARGE));
    if (read.kind === "no_room") return refuseUnread(context, response, requestId, noRoomRefusal("number"));
    refuse(context, response, requestId, bodyRefusal(NO_MESSAGE));
  });
}

/** The rest of the body is not read: the connection ends with the answer. */
function refuseUnread(
  context: GatewayContext,
  response: ServerResponse,
  requestId: string,
  refusal: GatewayRefusal,
): void {
  response.setHeader("Connection", "close");
  refuse(context, response, requestId, refusal);
}

/**
 * The gate is read when the whole body has arrived, so that a gate that closes during the upload still holds.
 */
function passGate(gatewayRequest: GatewayRequest, body: Buffer): void {
  const entered = enter(gatewayRequest);
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

interface Entered {
  entry: GateEntry;
  isHalfOpen: boolean;
}

/** Whether the gate lets this message through now. */
function enter(gatewayRequest: GatewayRequest): Entered | { refusal: GatewayRefusal } {
  const { context, holder } = gatewayRequest;
  const entry = context.deps.gateOf(holder.numberId);
  if (context.isClosing) return { refusal: tryAgainRefusal("stopping", "nobody", STOPPING) };
  if (!entry) return { refusal: tryAgainRefusal("not_ready", "provider", NOT_READY) };
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

function sendMessage(gatewayRequest: GatewayRequest, { entry, isHalfOpen }: Entered, body: Buffer): void {
  const { context, route, holder } = gatewayRequest;
  const { numberId } = holder;
  const token = context.deps.tokenOf(entry.connectionId, numberId);
  if (token === null)
    return refuseRequest(gatewayRequest, tryAgainRefusal("provider_token_invalid", "provider", NO_TOKEN));
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

function handBack(
  gatewayRequest: GatewayRequest,
  outcome: WireOutcome,
  sent: { entry: GateEntry; isHalfOpen: boolean },
): void {
  const { log } = gatewayRequest.context.deps;
  const about = {
    requestId: gatewayRequest.requestId,
    wabaId: sent.entry.wabaId,
    numberId: gatewayRequest.holder.numberId,
  };
  switch (outcome.kind) {
    case "answered":
      return handBackAnswer(gatewayRequest, outcome, sent);
    case "never_written":
      log.warn({ ...about, detail: outcome.detail }, "message not sent: cannot reach Meta");
      return refuseRequest(
        gatewayRequest,
        tryAgainRefusal("meta_unreachable", "meta", UNREACHABLE),
        "not_sent",
      );
    case "withdrawn":
      return refuseWithdrawn(gatewayRequest);
    case "lost":
      log.warn({ ...about, detail: outcome.detail }, "message sent to Meta, answer lost");
      return refuseRequest(gatewayRequest, lostAnswerRefusal(), "unknown");
    default:
      assertNever(outcome, "outcome");
  }
}

/** The gate gives the reason why the message is no longer wanted. */
function refuseWithdrawn(gatewayRequest: GatewayRequest): void {
  const entered = enter(gatewayRequest);
  const refusal =
    "refusal" in entered ? entered.refusal : tryAgainRefusal("not_ready", "provider", NOT_READY);
  refuseRequest(gatewayRequest, refusal);
}

type Answer = Extract<WireOutcome, { kind: "answered" }>;

function handBackAnswer(
  gatewayRequest: GatewayRequest,
  answer: Answer,
  sent: { entry: GateEntry; isHalfOpen: boolean },
): void {
  const { context, response, requestId } = gatewayRequest;
  const meaning = meaningOfAnswer(answer.status, answer.body);
  if (meaning.kind === "token_refused") {
    refuseRequest(
      gatewayRequest,
      tryAgainRefusal("provider_token_invalid", "provider", TOKEN_REFUSED),
      "not_sent",
    );
  } else {
    const headers = {
      ...answerHeadersOf(answer.headers),
      ...context.deps.answerHeaders,
      "content-length": answer.body.length,
      "Request-Id": requestId,
    };
    response.writeHead(answer.status, headers);
    response.end(answer.body);
    context.deps.onCount?.(countOf(answer.status, meaning));
  }
  if (meaning.kind === "unclear") warnOfUnclear(gatewayRequest, answer, sent.entry);
  learnFrom(gatewayRequest, answer.status, meaning, sent);
}

function warnOfUnclear(
  { context, holder, requestId }: GatewayRequest,
  answer: Answer,
  { wabaId }: GateEntry,
): void {
  const about = { requestId, wabaId, numberId: holder.numberId, status: answer.status };
  context.deps.log.warn(
    { ...about, contentType: answer.headers["content-type"], bytes: answer.body.length },
    "an answer to a message is neither an acceptance nor a refusal: it proves nothing",
  );
}

/** Passes Meta's answer to the core as evidence; nothing here changes a gate. */
function learnFrom(
  { context: { deps }, holder }: GatewayRequest,
  status: number,
  meaning: AnswerMeaning,
  { entry, isHalfOpen }: { entry: GateEntry; isHalfOpen: boolean },
): void {
  const { connectionId, numberId } = holder;
  const took = meaning.kind === "accepted" ? meaning.took : "nothing";
  if (meaning.kind !== "unclear") deps.onAnswered?.(numberId, took);
  if (meaning.kind === "refused" || meaning.kind === "token_refused") {
    const { code = null, subcode = null } = meaning.fault ?? {};
    const words = meaning.fault === null ? null : explainedOf(meaning.fault);
    deps.onRefused({ connectionId, numberId, status, code, subcode, words });
  }
  const found = isHalfOpen ? halfOpenOutcomeOf(meaning) : null;
  if (found !== null) deps.onHalfOpen(numberId, found);
  if (meaning.kind === "accepted" && !isHalfOpen && entry.isProvedBySending) deps.onAccepted?.(numberId);
}

function countOf(status: number, meaning: AnswerMeaning): MessageCount {
  if (meaning.kind === "accepted") return { outcome: "accepted", reason: null };
  if (meaning.kind === "unclear") return { outcome: "unclear", reason: `status_${status}` };
  const code = meaning.kind === "refused" ? meaning.fault.code : null;
  return { outcome: "refused_by_meta", reason: String(code ?? `status_${status}`) };
}

function refuseRequest(
  gatewayRequest: GatewayRequest,
  refusal: GatewayRefusal,
  outcome?: MessageCount["outcome"],
): void {
  gatewayRequest.hold.release();
  refuse(gatewayRequest.context, gatewayRequest.response, gatewayRequest.requestId, refusal, outcome);
}

function refuse(
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

const TOO_LARGE = "The body is larger than 1 MB. Send media by id or by link.";
const NO_MESSAGE =
  "The body is not a JSON object. Send the message in the format of Meta's messages endpoint.";
const STOPPING = "This server is stopping. Nothing was sent; send the message again.";
const NOT_READY = "This number is not ready yet. Nothing was sent; send the message again in a moment.";
const NO_TOKEN =
  "The provider has no valid access token for this number. Nothing was sent; the provider must replace it.";
const TOKEN_REFUSED =
  "Meta refused the provider's own access token. Nothing was sent; your key is right. The provider must replace the token; then send the message again.";
const UNREACHABLE = "Meta could not be reached. Nothing was sent; send the message again in a moment.";
