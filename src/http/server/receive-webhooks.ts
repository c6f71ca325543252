import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { Keyring } from "../../lib/keyring.ts";
import { receiveWebhook, type InboxQueue } from "../../inbox/receive-webhook.ts";
import type { Clock } from "../../lib/clock.ts";
import { collectBody } from "../../lib/read-body.ts";
import type { Random } from "../../lib/random.ts";
import { verifySignature } from "../../meta/signature.ts";
import type { Metrics } from "../../reports/create-metrics.ts";
import { requestIdOf } from "../kit/request-id.ts";
import type { UnknownBytes } from "../kit/unknown-bytes.ts";

/** The secrets that check Meta's webhooks of one connection. */
interface WebhookSecrets {
  verifyToken: string;
  /** The App secret, and the one before it during a rotation. */
  appSecrets: readonly string[];
}

export interface WebhookRouteDeps {
  clock: Clock;
  random: Random;
  log: Logger;
  queue: InboxQueue;
  keyring: Keyring;
  metrics: Pick<Metrics, "countWebhook">;
  /** Bodies whose signature is not checked yet. */
  unknownBytes: UnknownBytes;
  secretsOf(connectionId: string): WebhookSecrets | undefined;
}

/** Meta sends at most 3 MB (webhooks documentation): a larger body is not Meta's. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024;
/** The signature header of a delivery that Meta signed. Without it no byte of the body is kept. */
const SIGNATURE = /^sha256=[0-9a-f]{64}$/;
const PATH = /^\/webhooks\/meta(?:\/([A-Za-z0-9_-]{1,64}))?\/?$/;

/**
 * `/webhooks/meta[/{connection}]`: Meta's handshake, and its deliveries. A delivery is answered 200 only once
 * its exact bytes are durable. A delivery that Meta did not sign is only counted. Uses node:http, because
 * this path is hot.
 *
 * @returns false, with the request untouched, when the path is not a webhook address
 */
export function createWebhookRoute(
  deps: WebhookRouteDeps,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const [path = "", query = ""] = (request.url ?? "").split("?", 2);
    const match = PATH.exec(path);
    if (match === null) return false;
    const sent = [request.headers["request-id"], request.headers["x-request-id"]];
    response.setHeader("Request-Id", requestIdOf(sent.flat(), deps.random));
    const connectionId = match[1] ?? "default";
    const secrets = deps.secretsOf(connectionId);
    if (secrets === undefined) say(response, 404, "There is no connection with this name.");
    else if (request.method === "GET") answerHandshake(new URLSearchParams(query), secrets, response);
    else if (request.method === "POST") receiveDelivery(deps, { connectionId, secrets }, request, response);
    else {
      response.setHeader("Allow", "GET, POST");
      say(response, 405, "Use POST for webhooks and GET for the handshake.");
    }
    return true;
  };
}

/**
 * graph-api/webhooks/getting-started, "Verification requests": the challenge is returned only for our verify
 * token.
 */
function answerHandshake(query: URLSearchParams, secrets: WebhookSecrets, response: ServerResponse): void {
  const isSubscribe = query.get("hub.mode") === "subscribe";
  const isToken = isSame(query.get("hub.verify_token") ?? "", secrets.verifyToken);
  if (isSubscribe && isToken) say(response, 200, query.get("hub.challenge") ?? "");
  else
    say(
      response,
      403,
      "The verify token is not ours. Set META_WEBHOOK_VERIFY_TOKEN to the one in Meta's app dashboard.",
    );
}

/** Compares hashes in constant time, so that not even the length is revealed. */
function isSame(given: string, expected: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}

interface Delivery {
  connectionId: string;
  secrets: WebhookSecrets;
}

function receiveDelivery(
  deps: Omit<WebhookRouteDeps, "random" | "secretsOf">,
  delivery: Delivery,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (!SIGNATURE.test(String(request.headers["x-hub-signature-256"])))
    return refuseEarly(deps, "unsigned", request, response);
  const held = deps.unknownBytes.open(request);
  response.on("close", () => held.giveBack());
  collectBody(request, { limitBytes: BODY_LIMIT_BYTES, mayKeep: held.take }, (read) => {
    if (read.kind === "whole") void keepDelivery(deps, delivery, read.body, request, response);
    // Meta repeats a delivery that it could not finish.
    else if (read.kind === "gone") response.destroy();
    else refuseEarly(deps, read.kind, request, response);
  });
}

/** Answers to a delivery before its body is complete. */
const EARLY = {
  unsigned: {
    outcome: "bad_signature",
    status: 401,
    line: "The signature is missing or not Meta's. Check META_APP_SECRET.",
  },
  too_large: { outcome: "too_large", status: 413, line: "A webhook has 4 MB at most." },
  no_room: { outcome: "busy", status: 503, line: "Too many requests are in progress. Send it again." },
} as const;

/** The rest of the body is read and discarded, so that the answer arrives; then the connection is closed. */
function refuseEarly(
  deps: Pick<WebhookRouteDeps, "metrics">,
  why: keyof typeof EARLY,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { outcome, status, line } = EARLY[why];
  deps.metrics.countWebhook(outcome);
  request.resume();
  response.setHeader("Connection", "close");
  if (why === "no_room") response.setHeader("Retry-After", "5");
  say(response, status, line);
}

async function keepDelivery(
  deps: Pick<WebhookRouteDeps, "clock" | "keyring" | "log" | "queue" | "metrics">,
  { connectionId, secrets }: Delivery,
  rawBody: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const signature = request.headers["x-hub-signature-256"];
  if (!verifySignature(rawBody, typeof signature === "string" ? signature : undefined, secrets.appSecrets)) {
    deps.metrics.countWebhook("bad_signature");
    return say(response, 401, "The signature is missing or not Meta's. Check META_APP_SECRET.");
  }
  try {
    await receiveWebhook(deps, { connectionId, rawBody });
  } catch (error) {
    deps.metrics.countWebhook("unavailable");
    deps.log.error({ err: error, requestId: response.getHeader("Request-Id") }, "could not store a webhook");
    response.setHeader("Retry-After", "5");
    return say(response, 503, "The webhook could not be stored. Send it again.");
  }
  deps.metrics.countWebhook("kept");
  say(response, 200, "kept");
}

function say(response: ServerResponse, status: number, line: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" });
  response.end(line);
}
