import { createServer, request as httpRequest } from "node:http";
import type { IncomingHttpHeaders, RequestListener, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import pino from "pino";
import { systemClock } from "../../src/lib/clock.ts";
import { lookupOfChannelKey } from "../../src/messaging/keys/channel-key.ts";
import { ChannelKeys } from "../../src/messaging/keys/channel-keys.ts";
import { createGateway } from "../../src/messaging/gateway/serve-gateway.ts";
import type {
  GateEntry,
  GatewayDeps,
  MessageCount,
  RefusedMessage,
} from "../../src/messaging/gateway/gateway-deps.ts";
import type { Gateway } from "../../src/messaging/gateway/serve-gateway.ts";
import { isJsonObject, parseExactJsonBytes } from "../../src/meta/exact-json.ts";
import type { Refusal } from "../../src/sharing/gate/gate-verdict.ts";

export const PHONE = "200000000000001";
export const KEY = "sandbox-200000000000001";
export const TOKEN = "our-system-user-token";
export const MESSAGE =
  '{ "messaging_product":"whatsapp",  "to":"+15550100","text":{"body":"caf\\u00e9 é 💐"} }\n';

let opened = new AsyncDisposableStack();

/** Stops every server and gateway of the test before; for `afterEach`. */
export async function stopServers(): Promise<void> {
  await opened.disposeAsync();
  opened = new AsyncDisposableStack();
}

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  opened.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export interface Received {
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** A Meta that records requests and gives the chosen answer. */
export async function meta(
  answer: (response: ServerResponse, received: Received) => void,
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const url = await listen((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const one = {
        url: request.url ?? "",
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      received.push(one);
      answer(response, one);
    });
  });
  return { url, received };
}

export const accepts = (response: ServerResponse): void => {
  response.end('{"messages":[{"id":"wamid.1"}]}');
};
export const refuses = (status: number, code: number, subcode?: number) => (response: ServerResponse) => {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ error: { message: `(#${code}) no`, code, error_subcode: subcode } }));
};

/**
 * A gateway on its own port, with everything that it reported. `entry` is the gate's state of number num_1.
 */
export interface TestApp {
  url: string;
  gateway: Gateway;
  entry: GateEntry;
  refused: RefusedMessage[];
  halfOpen: [string, boolean][];
  accepted: string[];
  counts: MessageCount[];
}

export async function app(graphUrl: string, more: Partial<GatewayDeps> = {}): Promise<TestApp> {
  const holders = [
    { keyId: "key_1", numberId: "num_1", key: KEY },
    { keyId: "key_2", numberId: "num_2", key: "sandbox-200000000000002" },
  ].map(({ key, ...holder }) => [lookupOfChannelKey(key), { ...holder, connectionId: "default" }] as const);
  const keys = new ChannelKeys(new Map(holders));
  const entry: GateEntry = {
    phoneNumberId: PHONE,
    connectionId: "default",
    wabaId: "100000000000001",
    verdict: { decision: "open" },
  };
  const seen = {
    refused: [] as RefusedMessage[],
    halfOpen: [] as [string, boolean][],
    accepted: [] as string[],
    counts: [] as MessageCount[],
  };
  let requestCount = 0;
  const gateway = createGateway({
    clock: systemClock,
    log: pino({ level: "silent" }),
    graphUrl,
    graphVersion: "v25.0",
    keys,
    gateOf: (numberId) => (numberId === "num_1" ? entry : { ...entry, phoneNumberId: "200000000000002" }),
    tokenOf: () => TOKEN,
    newRequestId: () => `req_${++requestCount}`,
    onRefused: (event) => seen.refused.push(event),
    onHalfOpen: (numberId, isAccepted) => seen.halfOpen.push([numberId, isAccepted]),
    onAccepted: (numberId) => seen.accepted.push(numberId),
    onCount: (count) => seen.counts.push(count),
    ...more,
  });
  const url = await listen((request, response) => {
    if (!gateway(request, response)) response.writeHead(404).end("not the gateway's");
  });
  opened.defer(() => gateway.close());
  return { url, gateway, entry, ...seen };
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  error: { code?: number; message?: string; fbtrace_id?: string; error_data?: Record<string, unknown> };
}

export function send(
  url: string,
  path = "/messages",
  headers: Record<string, string> = { "D360-API-KEY": KEY },
  body: string | Buffer = MESSAGE,
  method = "POST",
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url + path, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          error: errorOf(text),
        });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

function errorOf(text: string): Answer["error"] {
  const parsed = parseExactJsonBytes(Buffer.from(text));
  return isJsonObject(parsed) && isJsonObject(parsed.error) ? parsed.error : {};
}

export const closed: Refusal = {
  status: 403,
  code: 131005,
  title: "Access denied",
  reason: "partner_removed",
  since: "2026-11-22T10:00:00.000Z",
  whoMustAct: "client",
  details: "WABA 100000000000001 is no longer shared.",
  retryable: false,
  retryAfterS: null,
};
