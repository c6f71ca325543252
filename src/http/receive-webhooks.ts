import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "pino";
import type { Keyring } from "../lib/keyring.ts";
import { receiveWebhook, type InboxQueue } from "../inbox/receive-webhook.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import { verifySignature } from "../meta/signature.ts";
import type { Metrics } from "./metrics.ts";
import { requestIdOf } from "./request-id.ts";

/** What Meta's webhooks of one connection are checked with. */
export interface WebhookSecrets {
  verifyToken: string;
  /** The App secret, and the one before it during a rotation. */
  appSecrets: readonly string[];
}

export interface WebhookDoorDeps {
  clock: Clock;
  random: Random;
  log: Logger;
  queue: InboxQueue;
  keyring: Keyring;
  metrics: Pick<Metrics, "countWebhook">;
  secretsOf(connectionId: string): WebhookSecrets | undefined;
}

/** Meta sends 3 MB at most (webhooks documentation); what is larger is not Meta's. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024;
const PATH = /^\/webhooks\/meta(?:\/([A-Za-z0-9_-]{1,64}))?\/?$/;

/**
 * `/webhooks/meta[/{connection}]`: Meta's handshake, and its deliveries. A delivery is answered 200 only once its exact bytes are
 * durable; one that Meta did not sign leaves no trace but a count. On node:http, because this path is hot.
 *
 * @returns false, with the request untouched, when the path is not this door's
 */
export function createWebhookDoor(
  deps: WebhookDoorDeps,
): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const [path = "", query = ""] = (request.url ?? "").split("?", 2);
    const match = PATH.exec(path);
    if (match === null) return false;
    const sent = [request.headers["request-id"], request.headers["x-request-id"]];
    response.setHeader("Request-Id", requestIdOf(sent.flat(), deps.random));
    const connectionId = match[1] ?? "default";
    const secrets = deps.secretsOf(connectionId);
    if (secrets === undefined) say(response, 404, "There is no connection of this name.");
    else if (request.method === "GET") answerHandshake(new URLSearchParams(query), secrets, response);
    else if (request.method === "POST") receiveDelivery(deps, { connectionId, secrets }, request, response);
    else {
      response.setHeader("Allow", "GET, POST");
      say(response, 405, "Webhooks come by POST; the handshake by GET.");
    }
    return true;
  };
}

/** graph-api/webhooks/getting-started, "Verification requests": the challenge goes back only to who knows our verify token. */
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

/** In constant time: compared by hash, so that not even the length is told. */
function isSame(given: string, expected: string): boolean {
  const hash = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}

interface Delivery {
  connectionId: string;
  secrets: WebhookSecrets;
}

function receiveDelivery(
  deps: WebhookDoorDeps,
  delivery: Delivery,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  request.on("data", (chunk: Buffer) => {
    byteCount += chunk.length;
    if (byteCount <= BODY_LIMIT_BYTES) chunks.push(chunk);
    else refuseLarge(deps, request, response);
  });
  request.on("end", () => {
    if (byteCount <= BODY_LIMIT_BYTES)
      void keepDelivery(deps, delivery, Buffer.concat(chunks), request, response);
  });
  // Meta sends again what it could not finish sending.
  request.on("error", () => response.destroy());
}

/** The rest is not read: the connection ends with the answer. */
function refuseLarge(deps: WebhookDoorDeps, request: IncomingMessage, response: ServerResponse): void {
  if (response.headersSent) return;
  deps.metrics.countWebhook("too_large");
  request.removeAllListeners("data");
  request.resume();
  response.setHeader("Connection", "close");
  say(response, 413, "A webhook has 4 MB at most.");
}

async function keepDelivery(
  deps: WebhookDoorDeps,
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
    deps.log.error(
      { err: error, requestId: response.getHeader("Request-Id") },
      "a webhook could not be kept",
    );
    response.setHeader("Retry-After", "5");
    return say(response, 503, "It could not be kept. Send it again.");
  }
  deps.metrics.countWebhook("kept");
  say(response, 200, "kept");
}

function say(response: ServerResponse, status: number, line: string): void {
  const headers = { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" };
  response.writeHead(status, headers);
  response.end(line);
}
