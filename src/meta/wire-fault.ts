import { cutText } from "../lib/cut-text.ts";
import type { NoAnswerCause } from "./graph-reply.ts";

/** Codes of Node and undici that mean: Meta was not reached, so it has not seen the request. */
const NOT_REACHED = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EAI_NODATA",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_INVALID_ARG",
  "ERR_INVALID_CHAR",
]);

/**
 * The meaning of a thrown network error. Invalid certificates count as "not reached": the request was not
 * sent.
 */
export function noAnswerCauseOf(error: unknown, timedOut: boolean): { cause: NoAnswerCause; detail: string } {
  if (timedOut) return { cause: "timeout", detail: "No whole answer in time" };
  if (error instanceof Error && error.name === "HTTPParserError")
    return { cause: "malformed", detail: cutText(error.message, 200) };
  const code = codeOf(error);
  const detail = code ?? (error instanceof Error ? cutText(error.message, 200) : "unknown failure");
  if (code === null) return { cause: "broken", detail };
  if (NOT_REACHED.has(code) || isTlsRefusal(code)) return { cause: "no_network", detail };
  if (code === "UND_ERR_HEADERS_OVERFLOW") return { cause: "malformed", detail };
  if (code.endsWith("_TIMEOUT") || code === "ETIMEDOUT") return { cause: "timeout", detail };
  return { cause: "broken", detail };
}

/**
 * The code of an error or of what caused it; a host with several addresses fails with one error for all of
 * them.
 */
function codeOf(error: unknown): string | null {
  for (let current = error, depth = 0; current instanceof Error && depth < 4; depth++) {
    const { code } = current as Error & { code?: unknown };
    if (typeof code === "string") return code;
    current = current instanceof AggregateError ? current.errors[0] : current.cause;
  }
  return null;
}

function isTlsRefusal(code: string): boolean {
  return /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/.test(code);
}
