import { english } from "../../messages/english.ts";
import type { Refusal } from "../../sharing/gate/gate-verdict.ts";
import type { NoRoom } from "./held-messages.ts";

/**
 * A refusal of the gateway: by the gate, or by the gateway itself. `outcome` is set when we cannot know
 * whether Meta accepted the message.
 */
export interface GatewayRefusal extends Refusal {
  outcome?: "unknown";
  reshareUrl?: string | null;
}

export interface RenderedRefusal {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

/**
 * The refusal in Meta's own envelope, which every Cloud API client understands. `requestId` replaces Meta's
 * trace id.
 */
export function renderRefusal(refusal: GatewayRefusal, requestId: string): RenderedRefusal {
  const error = {
    message: refusal.code === INVALID_TOKEN ? refusal.title : `(#${refusal.code}) ${refusal.title}`,
    type: "OAuthException",
    code: refusal.code,
    fbtrace_id: requestId,
    error_data: {
      messaging_product: "whatsapp",
      details: refusal.details,
      reason: refusal.reason,
      since: refusal.since,
      who_must_act: refusal.whoMustAct,
      reshare_url: refusal.reshareUrl ?? null,
      retryable: refusal.retryable,
      ...(refusal.outcome ? { outcome: refusal.outcome } : {}),
    },
  };
  const body = Buffer.from(JSON.stringify({ error }));
  return { status: refusal.status, headers: headersOf(refusal, requestId, body.length), body };
}

function headersOf(refusal: GatewayRefusal, requestId: string, byteCount: number): Record<string, string> {
  const headers: Record<string, string> = {
    "Content-Type": "application/json; charset=utf-8",
    "Content-Length": String(byteCount),
    "Cache-Control": "no-store",
    "Request-Id": requestId,
    "Sharekeeper-Refused": headerWordOf(refusal.reason),
  };
  if (refusal.retryAfterS !== null)
    headers["Retry-After"] = String(Math.max(1, Math.ceil(refusal.retryAfterS)));
  if (refusal.status === 401) {
    headers["WWW-Authenticate"] =
      `OAuth "Facebook Platform" "invalid_token" "${headerWordOf(refusal.title)}"`;
  }
  return headers;
}

/**
 * A reason may contain a word of Meta's as sent; a header value may only contain printable ASCII without
 * quotes.
 */
function headerWordOf(text: string): string {
  return text.replace(/[^\x20-\x7e]|["\\]/g, "?");
}

/** Meta writes this message without its code in front. */
const INVALID_TOKEN = 190;

const refusal = { since: null, retryable: false, retryAfterS: null };

/** Wrong, missing or another number's key. */
export function keyRefusal(details: string): GatewayRefusal {
  const title = "Invalid OAuth access token - Cannot parse access token";
  return {
    ...refusal,
    status: 401,
    code: INVALID_TOKEN,
    title,
    reason: "invalid_key",
    whoMustAct: "client",
    details,
  };
}

/** Too many wrong keys came from this address. Uses Meta's code for too many calls. */
export function guessedKeyRefusal(retryAfterS: number): GatewayRefusal {
  return {
    ...refusal,
    status: 429,
    code: 4,
    title: "Application request limit reached",
    reason: "too_many_wrong_keys",
    whoMustAct: "client",
    retryAfterS,
    details: english("gateway.key.guessed", { seconds: retryAfterS }),
  };
}

export function bodyRefusal(details: string): GatewayRefusal {
  return {
    ...refusal,
    status: 400,
    code: 100,
    title: "Invalid parameter",
    reason: "malformed_body",
    whoMustAct: "client",
    details,
  };
}

/** An address of Meta's or 360dialog's that is not offered here, or not with this method. */
export function notOfferedRefusal(method: string): GatewayRefusal {
  return {
    ...refusal,
    status: 404,
    code: 100,
    title: "Unknown path or method",
    reason: "not_offered",
    whoMustAct: "client",
    details: english("gateway.not_offered", { method }),
  };
}

const unavailable = { ...refusal, code: 131016, title: "Service unavailable" };

/** Meta's own code for more messages of a number than its throughput allows. */
const RATE_LIMITED = { ...refusal, status: 429, code: 130429, title: "Rate limit hit", retryable: true };

/** @param retryAfterMs until the number may send again */
export function rateRefusal(perSecond: number, retryAfterMs: number): GatewayRefusal {
  return {
    ...RATE_LIMITED,
    reason: "rate_limited",
    whoMustAct: "client",
    retryAfterS: retryAfterMs / 1000,
    details: english("gateway.rate_limited", { count: perSecond }),
  };
}

/** One number has used its part of the memory for messages, or all of it is used. */
export function noRoomRefusal(whose: NoRoom): GatewayRefusal {
  if (whose === "all")
    return { ...tryAgainRefusal("overloaded", "provider", english("gateway.overloaded")), retryAfterS: 1 };
  return {
    ...RATE_LIMITED,
    reason: "too_many_under_way",
    whoMustAct: "client",
    retryAfterS: 1,
    details: english("gateway.too_many_under_way"),
  };
}

/** Nothing reached Meta, or Meta accepted nothing: the same message may be sent again. */
export function tryAgainRefusal(
  reason: string,
  whoMustAct: Refusal["whoMustAct"],
  details: string,
): GatewayRefusal {
  return { ...unavailable, status: 503, reason, whoMustAct, details, retryable: true };
}

/** The message was written to Meta and no complete answer came: sending it again may send it twice. */
export function lostAnswerRefusal(): GatewayRefusal {
  return {
    ...unavailable,
    status: 504,
    reason: "answer_lost",
    whoMustAct: "nobody",
    details: english("gateway.answer_lost"),
    outcome: "unknown",
  };
}
