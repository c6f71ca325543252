import type { IncomingHttpHeaders } from "node:http";
import { isJsonObject, parseExactJsonBytes } from "../../meta/exact-json.ts";
import { refusesNumber } from "../../meta/message-refusal.ts";
import { explanationOf, parseGraphFault } from "../../meta/graph-reply.ts";
import type { GraphFault } from "../../meta/graph-reply.ts";

/** What Meta's answer to a message means for us; the sender gets the answer itself. */
export type AnswerMeaning =
  /** `receipt`: a message was marked as read, which says nothing of whether the number's own messages pass. */
  | { kind: "accepted"; took: "message" | "receipt" }
  /** Our access token was refused: our affair, never the sender's. */
  | { kind: "token_refused"; fault: GraphFault | null }
  | { kind: "refused"; fault: GraphFault }
  /**
   * Neither an acceptance nor a refusal in Meta's envelope: the page of a web filter, an empty body, an error under 200. It proves
   * nothing and is handed on unchanged.
   */
  | { kind: "unclear" };

export function meaningOfAnswer(status: number, body: Uint8Array): AnswerMeaning {
  if (status >= 200 && status < 300) {
    const took = tookOf(body);
    return took === null ? { kind: "unclear" } : { kind: "accepted", took };
  }
  const parsed = parseExactJsonBytes(body);
  const fault = isJsonObject(parsed) ? parseGraphFault(parsed.error) : null;
  if (status === 401 || fault?.code === 190) return { kind: "token_refused", fault };
  return fault ? { kind: "refused", fault } : { kind: "unclear" };
}

/** Meta names the message that it took, or says `success: true` of a receipt. Source: the messages reference of the Cloud API. */
function tookOf(body: Uint8Array): "message" | "receipt" | null {
  const said = jsonOf(body);
  if (!isJsonObject(said) || (said.error !== undefined && said.error !== null)) return null;
  const first: unknown = Array.isArray(said.messages) ? said.messages[0] : null;
  if (isJsonObject(first) && typeof first.id === "string" && first.id.trim() !== "") return "message";
  return said.success === true ? "receipt" : null;
}

const UTF8 = new TextDecoder();

/** As written: an exact parse would make a text of a long number, and a number is no message id. */
function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(UTF8.decode(body)) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * What a trial message found out: true when Meta takes messages of this number again, false when it refuses the number, null when the
 * answer speaks of something else and the trial goes on.
 */
export function halfOpenOutcomeOf(meaning: AnswerMeaning): boolean | null {
  if (meaning.kind === "accepted") return true;
  if (meaning.kind !== "refused") return null;
  return refusesNumber(meaning.fault.code, meaning.fault.subcode) ? false : null;
}

/** What Meta says of a refusal, as people are told it: its explanation, else the details, else the message. */
export function explainedOf(fault: GraphFault): string | null {
  const explained = fault.userTitle === undefined && fault.userMessage === undefined ? fault.details : null;
  return (explained ?? explanationOf(fault)) || null;
}

/** Headers that belong to one connection (RFC 9110, 7.6.1), to Meta's own origin, or that are written anew here. */
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

/** Meta's headers as the sender gets them: all but those of the connection. */
export function answerHeadersOf(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const named = headers.connection?.toLowerCase().split(/\s*,\s*/) ?? [];
  const handedOn: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !NOT_HANDED_ON.has(name) && !named.includes(name)) handedOn[name] = value;
  }
  return handedOn;
}
