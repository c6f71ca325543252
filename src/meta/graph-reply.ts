import { cutText } from "../lib/cut-text.ts";
import { isJsonObject, parseExactJson, parseExactJsonBytes } from "./exact-json.ts";
import type { JsonObject } from "./exact-json.ts";

/** One question to the Graph API. `path` is unversioned and starts with "/": "/1000…/assigned_users". */
export interface GraphRequest {
  method: "GET" | "POST" | "DELETE";
  path: string;
  query?: Record<string, string>;
  /** Sent as JSON. */
  body?: unknown;
  /** Null: the call says by itself who asks, as the exchange of a code does. */
  token: string | null;
  /** Wall clock, from the first byte of ours to the last of Meta's. Default 4000. */
  timeoutMs?: number;
}

/**
 * What Meta's error envelope says. Only `message` and `code` are dependable (support/error-codes); the rest
 * is null where absent.
 */
export interface GraphFault {
  code: number | null;
  subcode: number | null;
  type: string | null;
  message: string;
  details: string | null;
  /**
   * Meta's own explanation for people, where it gives one (`error_user_title`, `error_user_msg`). Often the
   * only usable text.
   */
  userTitle?: string;
  userMessage?: string;
  traceId: string | null;
  transient: boolean | null;
}

/**
 * How much of a limit Meta says we have used: the fullest of its counters in percent, and the minutes until
 * access returns.
 */
export interface UsageFigure {
  percent: number;
  regainAccessMin: number;
}

/**
 * The fullest of all counters, and beside it those of the app (`x-app-usage`) and of each id in the other
 * header (a WABA's).
 */
export interface GraphUsage extends UsageFigure {
  app: UsageFigure | null;
  byId: Record<string, UsageFigure>;
}

/**
 * Why there is no answer to reason with. `no_network`: nothing was reached (name, route, refused, TLS).
 * `broken`: the connection ended before the answer did. `server_error`: a 5xx that is not in Meta's envelope.
 * `malformed`: an answer that is not Meta's.
 */
export type NoAnswerCause = "no_network" | "timeout" | "broken" | "malformed" | "server_error";

export type GraphAnswer =
  | { kind: "success"; status: number; body: Record<string, unknown>; usage: GraphUsage | null }
  | { kind: "refusal"; status: number; fault: GraphFault; usage?: GraphUsage }
  | { kind: "no_answer"; cause: NoAnswerCause; detail: string; status: number | null };

/**
 * `askedAt` is the instant the request was sent, `answeredAt` when the answer was whole or given up; both ms
 * of the clock handed in.
 */
export type GraphReply = {
  request: { method: string; path: string };
  askedAt: number;
  answeredAt: number;
} & GraphAnswer;

export interface RawAnswer {
  status: number;
  /** Lower-case names. */
  headers: Record<string, string | string[] | undefined>;
  body: Uint8Array;
}

/**
 * What an HTTP answer means. Meta's envelope is a refusal whatever its status is; everything that is neither
 * an object of Meta's nor its envelope is silence, so that a proxy's page can never be read as a word of
 * Meta's. Never throws.
 */
export function parseGraphAnswer(raw: RawAnswer): GraphAnswer {
  const body = parseExactJsonBytes(raw.body);
  const fault = isJsonObject(body) ? parseGraphFault(body.error) : null;
  if (fault) {
    const usage = parseGraphUsage(raw.headers);
    return { kind: "refusal", status: raw.status, fault, ...(usage && { usage }) };
  }
  if (raw.status >= 500)
    return noAnswer("server_error", `Status ${raw.status} without Meta's error envelope`, raw.status);
  if (raw.status < 200 || raw.status >= 300) {
    return noAnswer("malformed", `Status ${raw.status} without Meta's error envelope`, raw.status);
  }
  if (!isJsonObject(body))
    return noAnswer("malformed", `Status ${raw.status} whose body is no JSON object`, raw.status);
  if (body.error !== undefined && body.error !== null) {
    return noAnswer("malformed", `Status ${raw.status} with an error that cannot be read`, raw.status);
  }
  return { kind: "success", status: raw.status, body, usage: parseGraphUsage(raw.headers) };
}

/**
 * The fault in an `error` member, or null when it is not Meta's: an object with a code or a message at least.
 */
export function parseGraphFault(error: unknown): GraphFault | null {
  if (!isJsonObject(error)) return null;
  const code = wholeNumberOf(error.code);
  const message = textOf(error.message);
  if (code === null && message === null) return null;
  const userTitle = textOf(error.error_user_title);
  const userMessage = textOf(error.error_user_msg);
  return {
    code,
    subcode: wholeNumberOf(error.error_subcode),
    type: textOf(error.type),
    message: message ?? "",
    details: detailsOf(error.error_data),
    ...(userTitle !== null && { userTitle }),
    ...(userMessage !== null && { userMessage }),
    traceId: textOf(error.fbtrace_id),
    transient: typeof error.is_transient === "boolean" ? error.is_transient : null,
  };
}

/**
 * What a person reads of a fault: Meta's explanation for people where there is one, else its message for
 * programs.
 */
export function explanationOf({ userTitle, userMessage, message }: GraphFault): string {
  return [userTitle, userMessage].filter((text) => text !== undefined).join(": ") || message;
}

/** Meta sends `error_data` as an object on messaging edges and as a JSON string on some Graph edges. */
function detailsOf(errorData: unknown): string | null {
  if (isJsonObject(errorData)) return textOf(errorData.details);
  if (typeof errorData !== "string" || errorData === "") return null;
  try {
    const parsed = parseExactJson(errorData);
    return isJsonObject(parsed) ? textOf(parsed.details) : textOf(errorData);
  } catch {
    return textOf(errorData);
  }
}

/**
 * The fullest counter of `x-app-usage` and `x-business-use-case-usage` (percentages; minutes to regain
 * access), or null without one. Source: graph-api/overview/rate-limiting.
 */
function parseGraphUsage(headers: RawAnswer["headers"]): GraphUsage | null {
  const app = headerObjectOf(headers["x-app-usage"]);
  const ids = Object.entries(headerObjectOf(headers["x-business-use-case-usage"]) ?? {})
    .slice(0, COUNTER_LIMIT)
    .map(([id, list]) => [id, (Array.isArray(list) ? list : [list]).filter(isJsonObject)] as const)
    .filter(([, counters]) => counters.length > 0);
  const byId = Object.fromEntries(ids.map(([id, counters]) => [id, figureOf(counters)]));
  const figures = [...(app === null ? [] : [figureOf([app])]), ...Object.values(byId)];
  if (figures.length === 0) return null;
  return {
    percent: Math.max(...figures.map((figure) => figure.percent)),
    regainAccessMin: Math.max(...figures.map((figure) => figure.regainAccessMin)),
    app: app === null ? null : figureOf([app]),
    byId,
  };
}

function figureOf(counters: readonly JsonObject[]): UsageFigure {
  const highest = (names: string[]): number =>
    Math.max(
      0,
      ...counters.slice(0, COUNTER_LIMIT).flatMap((counter) => names.map((name) => numberOf(counter[name]))),
    );
  return {
    percent: highest(["call_count", "total_cputime", "total_time"]),
    regainAccessMin: Math.min(highest(["estimated_time_to_regain_access"]), REGAIN_LIMIT_MIN),
  };
}

/** `x-app-usage` is one counter; the other header maps an id to a list of them. */
function headerObjectOf(header: string | string[] | undefined): JsonObject | null {
  if (typeof header !== "string") return null;
  try {
    const parsed = parseExactJson(header);
    return isJsonObject(parsed) && Object.keys(parsed).length > 0 ? parsed : null;
  } catch {
    return null;
  }
}

export function noAnswer(cause: NoAnswerCause, detail: string, status: number | null = null): GraphAnswer {
  return { kind: "no_answer", cause, detail, status };
}

/** A fault's text is shown and stored: a hostile or broken answer must not fill either. */
const TEXT_LIMIT = 2000;
const COUNTER_LIMIT = 1000;
/** Limits are counted by the hour and by the day: no header, also of a broken proxy, stops us for longer. */
const REGAIN_LIMIT_MIN = 24 * 60;

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? cutText(value, TEXT_LIMIT) : null;
}

function wholeNumberOf(value: unknown): number | null {
  const number = typeof value === "string" && /^-?[0-9]{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : null;
}

function numberOf(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
