/**
 * Who may use an emulator: programs, and its own pages. A page of another site must not drive it, nor learn
 * what it answers.
 */
import { isOwnHost, type HostNames } from "../../lib/host-names.ts";

type Headers = Readonly<Record<string, string | string[] | undefined>>;

export interface Foreign {
  status: 403 | 415 | 421;
  sentence: string;
}

/** Why a request is refused before it is read, or null when it is not. */
export function refusalOfForeign(
  own: HostNames,
  request: { method: string; path: string; headers: Headers },
): Foreign | null {
  const { headers, method, path } = request;
  const host = textOf(headers["host"]);
  if (!isOwnHost(own, host))
    return { status: 421, sentence: "The emulator does not answer under this name. Use its own address." };
  if (["GET", "HEAD", "OPTIONS"].includes(method)) return null;
  const origin = textOf(headers["origin"]);
  if (textOf(headers["sec-fetch-site"]) === "cross-site" || !isOwnOrigin(origin, host))
    return { status: 403, sentence: "A page of another site may not write here." };
  const isControl = path === "/_emulator" || path.startsWith("/_emulator/");
  const isEmpty = textOf(headers["content-length"]) === "0" || !("content-type" in headers);
  const isJson = /^application\/json\b/i.test(textOf(headers["content-type"]) ?? "");
  if (isControl && origin !== undefined && !isEmpty && !isJson)
    return { status: 415, sentence: "Send a body of application/json." };
  return null;
}

/** Programs send no Origin. A page without one is told by Sec-Fetch-Site. */
function isOwnOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin === undefined || URL.parse(origin)?.host === host;
}

const textOf = (value: string | string[] | undefined): string | undefined => [value].flat()[0];

/** Of every answer. Screens hold their own scripts and styles, and no other page may frame them. */
export const EMULATOR_HEADERS: ReadonlyMap<string, string> = new Map([
  [
    "content-security-policy",
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
      "object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  ],
  ["x-content-type-options", "nosniff"],
  ["x-frame-options", "DENY"],
  ["referrer-policy", "same-origin"],
]);
