/** What became of one attempt. `our_fault`: it never reached the receiver, and not for a reason of theirs. */
export const OUTCOMES = [
  ...(["delivered", "refused", "redirected", "gone", "timeout"] as const),
  ...(["unreachable", "address_not_allowed", "our_fault"] as const),
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What the receiver wants, by the header `Webhook-Control`. */
type Control = "none" | "stop" | "disable";

export interface Judged {
  outcome: Outcome;
  control: Control;
  /** What the receiver asked for with Retry-After, in ms. */
  wishMs: number;
}

/** @param now ms since the epoch, for a Retry-After that is a date */
export function judgeAnswer(
  status: number,
  headers: Readonly<Record<string, string | undefined>>,
  now: number,
): Judged {
  return {
    outcome: outcomeOf(status),
    control: controlOf(headers["webhook-control"]),
    wishMs: wishOf(headers["retry-after"], now),
  };
}

function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return "delivered";
  if (status >= 300 && status < 400) return "redirected";
  return status === 410 ? "gone" : "refused";
}

function controlOf(header: string | undefined): Control {
  const word = header?.trim().toLowerCase();
  return word === "stop" || word === "disable" ? word : "none";
}

function wishOf(header: string | undefined, now: number): number {
  if (header === undefined) return 0;
  const text = header.trim();
  const ms = /^\d{1,9}$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.max(0, ms) : 0;
}

/**
 * Error codes of Node that say that the fault is on our side: no answer of a name server, no network, no
 * sockets or files left.
 */
const OUR_FAULTS: ReadonlySet<string> = new Set([
  ...["EAI_AGAIN", "EAI_FAIL", "EAI_MEMORY", "ENETDOWN", "ENETUNREACH", "EMFILE", "ENFILE", "ENOBUFS"],
  ...["ENOMEM", "EADDRNOTAVAIL", "UND_ERR_DESTROYED", "UND_ERR_CLOSED"],
]);

const TIMEOUTS: ReadonlySet<string> = new Set([
  ...["UND_ERR_CONNECT_TIMEOUT", "UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT", "ETIMEDOUT"],
]);

/** What an attempt without an answer means, by the code of its error. */
export function outcomeOfError(code: string | undefined): Outcome {
  if (code === ADDRESS_NOT_ALLOWED) return "address_not_allowed";
  if (code !== undefined && TIMEOUTS.has(code)) return "timeout";
  return code !== undefined && OUR_FAULTS.has(code) ? "our_fault" : "unreachable";
}

/** The code of the error that the guard of addresses raises. */
export const ADDRESS_NOT_ALLOWED = "ADDRESS_NOT_ALLOWED";
