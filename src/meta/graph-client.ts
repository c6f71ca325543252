import { createHmac } from "node:crypto";
import { Pool } from "undici";
import type { Clock } from "../lib/clock.ts";
import { readBody } from "../lib/read-body.ts";
import { parseGraphAnswer, noAnswer } from "./graph-reply.ts";
import type { GraphAnswer, GraphReply, GraphRequest } from "./graph-reply.ts";
import { noAnswerCauseOf } from "./wire-fault.ts";

/**
 * Asks the Graph API and tells what came back as a value: an answer, Meta's refusal, or silence with its
 * cause. Never throws for anything that the network or Meta does, never follows a redirect, never asks twice:
 * who asks again and when is decided elsewhere.
 */
export interface GraphClient {
  ask(request: GraphRequest): Promise<GraphReply>;
  /** Closes the connections at once; requests in progress end without an answer. */
  close(): Promise<void>;
}

export interface GraphClientOptions {
  /** "https://graph.facebook.com", without a version. */
  graphUrl: string;
  /** "v25.0". */
  graphVersion: string;
  clock: Clock;
  /** Adds `appsecret_proof` to every request, which an app may require (secure server calls). */
  appSecret?: string | null;
}

const DEFAULT_TIMEOUT_MS = 4000;
const ANSWER_LIMIT_BYTES = 8 * 1024 * 1024;
const CONNECTION_COUNT = 32;

export function createGraphClient(options: GraphClientOptions): GraphClient {
  const base = new URL(options.graphUrl);
  const pool = new Pool(base.origin, {
    connections: CONNECTION_COUNT,
    keepAliveTimeout: 10_000,
    allowH2: false,
  });
  const prefix = `${base.pathname.replace(/\/+$/, "")}/${options.graphVersion}`;
  return {
    async ask(request) {
      const askedAt = options.clock.now();
      const answer = await exchange(pool, prefix, request, options.appSecret ?? null);
      const { method, path } = request;
      return { request: { method, path }, askedAt, answeredAt: options.clock.now(), ...answer };
    },
    close: () => pool.destroy(),
  };
}

async function exchange(
  pool: Pool,
  prefix: string,
  request: GraphRequest,
  appSecret: string | null,
): Promise<GraphAnswer> {
  const timeout = AbortSignal.timeout(request.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  try {
    const answer = await pool.request({
      method: request.method,
      path: prefix + request.path + queryOf(request, appSecret),
      headers: headersOf(request),
      body: request.body === undefined ? null : JSON.stringify(request.body),
      signal: timeout,
    });
    // The rest of a larger one is thrown away with its connection.
    const body = await readBody(answer.body as AsyncIterable<Buffer>, ANSWER_LIMIT_BYTES);
    if (body === null) return noAnswer("malformed", "The answer is larger than 8 MB", answer.statusCode);
    return parseGraphAnswer({ status: answer.statusCode, headers: answer.headers, body });
  } catch (error) {
    const { cause, detail } = noAnswerCauseOf(error, timeout.aborted);
    return noAnswer(cause, detail);
  }
}

/** The token travels in the header only: a query ends up in logs on the way. */
function headersOf(request: GraphRequest): Record<string, string> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (request.token !== null) headers.authorization = `Bearer ${request.token}`;
  if (request.body !== undefined) headers["content-type"] = "application/json";
  return headers;
}

function queryOf(request: GraphRequest, appSecret: string | null): string {
  const query = new URLSearchParams(request.query);
  if (appSecret && request.token !== null)
    query.set("appsecret_proof", appSecretProofOf(request.token, appSecret));
  return query.size === 0 ? "" : `?${query.toString()}`;
}

/** Hex HMAC-SHA256 of the token with the app secret (graph-api/guides/secure-requests). */
function appSecretProofOf(token: string, appSecret: string): string {
  return createHmac("sha256", appSecret).update(token).digest("hex");
}
