import type { IncomingHttpHeaders } from "node:http";
import { isJsonObject, parseExactJsonBytes } from "../../meta/exact-json.ts";
import { isMetaError, refusesNumber } from "../../meta/error-code.ts";
import { explanationOf, parseGraphFault } from "../../meta/graph-reply.ts";
import type { GraphFault } from "../../meta/graph-reply.ts";

/** The meaning of Meta's answer to a message; the sender gets the answer itself. */
export type AnswerMeaning =
  /** `receipt`: a message was marked as read, which does not show whether the number's own messages pass. */
  | { kind: "accepted"; took: "message" | "receipt" }
  /** Meta refused our access token: the provider's fault, never the sender's. */
  | { kind: "token_refused"; fault: GraphFault | null }
  | { kind: "refused"; fault: GraphFault }
  /**
   * Neither an acceptance nor a refusal in Meta's envelope: the page of a web filter, an empty body, an error
   * with status 200. It proves nothing and is passed on unchanged.
   */
  | { kind: "unclear" };

export function meaningOfAnswer(status: number, body: Uint8Array): AnswerMeaning {
  if (status >= 200 && status < 300) {
    const took = tookOf(body);
    return took === null ? { kind: "unclear" } : { kind: "accepted", took };
  }
  const parsed = parseExactJsonBytes(body);
  const fault = isJsonObject(parsed) ? parseGraphFault(parsed.error) : null;
  if (status === 401 || (fault !== null && isMetaError(fault, "token_invalid", "app_removed")))
    return { kind: "token_refused", fault };
  return fault ? { kind: "refused", fault } : { kind: "unclear" };
}

/**
 * Meta names the accepted message, or says `success: true` for a receipt. Source: the messages reference of
 * the Cloud API.
 */
function tookOf(body: Uint8Array): "message" | "receipt" | null {
  const said = jsonOf(body);
  if (!isJsonObject(said) || (said.error !== undefined && said.error !== null)) return null;
  const first: unknown = Array.isArray(said.messages) ? said.messages[0] : null;
  if (isJsonObject(first) && typeof first.id === "string" && first.id.trim() !== "") return "message";
  return said.success === true ? "receipt" : null;
}

const UTF8 = new TextDecoder();

/**
 * Compared as written: an exact parse would turn a long number into text, and a number is not a message id.
 */
function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(UTF8.decode(body)) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * What the message of a half-open gate showed: true when Meta accepts messages of this number again, false
 * when it refuses the number, null when the answer is about something else and the gate stays half-open.
 */
export function halfOpenOutcomeOf(meaning: AnswerMeaning): boolean | null {
  if (meaning.kind === "accepted") return true;
  if (meaning.kind !== "refused") return null;
  return refusesNumber(meaning.fault) ? false : null;
}

/** Meta's explanation of a refusal for people: its user message, else the details, else the message. */
export function explainedOf(fault: GraphFault): string | null {
  const explained = fault.userTitle === undefined && fault.userMessage === undefined ? fault.details : null;
  return (explained ?? explanationOf(fault)) || null;
}

/**
 * Headers of one connection (RFC 9110, 7.6.1), headers of Meta's own origin, and headers that are written
 * anew here.
 */
const NOT_HANDED_ON = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "content-length",
  "alt-svc",
  "strict-transport-security",
  "set-cookie",
  "request-id",
]);

/** Meta's headers as the sender gets them, without those of the connection. */
export function answerHeadersOf(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const named = headers.connection?.toLowerCase().split(/\s*,\s*/) ?? [];
  const handedOn: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !NOT_HANDED_ON.has(name) && !named.includes(name)) handedOn[name] = value;
  }
  return handedOn;
}
