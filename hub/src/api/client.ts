import { recordServerTime } from "../time/server-clock.ts";
import { t } from "../messages.ts";
import type { ProblemBody } from "./types.ts";

/** A refusal of the API, or no answer (`status` 0), as something a page can show. */
export class ProblemError extends Error {
  readonly status: number;
  readonly body: ProblemBody;

  constructor(status: number, body: ProblemBody) {
    super(body.detail ?? body.title ?? t("problem.title"));
    this.name = "ProblemError";
    this.status = status;
    this.body = body;
  }
}

export type Params = Record<string, string | number | boolean | undefined | null>;

/** `path` below `/api/v1`, with the parameters that have a value. */
function urlOf(path: string, params: Params = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== null && value !== "" && value !== false)
      search.set(name, String(value));
  }
  const query = search.toString();
  return `/api/v1${path}${query === "" ? "" : `?${query}`}`;
}

/** A proxy may drop requests without an answer. The longest command, "Check now", takes 10 s. */
const LONGEST_WAIT_MS = 25_000;

interface Asked {
  accept?: string;
  body?: unknown;
  signal?: AbortSignal | undefined;
  longestWaitMs?: number;
}

/** The answer once it has begun; throws a problem for a refusal or no answer. */
async function ask(
  method: string,
  url: string,
  asked: Asked,
): Promise<{ response: Response; timeout: AbortSignal }> {
  const { accept = "application/json", body, signal, longestWaitMs = LONGEST_WAIT_MS } = asked;
  const timeout = AbortSignal.timeout(longestWaitMs);
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      credentials: "same-origin",
      // A write by cookie needs the type of JSON, also without a body.
      headers: { Accept: accept, ...(method === "GET" ? {} : { "Content-Type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw noAnswer();
  }
  recordServerTime(response.headers.get("Sharekeeper-Time"));
  if (!response.ok) throw new ProblemError(response.status, problemOf(await jsonOf(response)));
  return { response, timeout };
}

const jsonOf = async (response: Response): Promise<unknown> =>
  /json/.test(response.headers.get("Content-Type") ?? "") ? response.json().catch(() => null) : null;

async function call<T>(method: string, url: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const { response, timeout } = await ask(method, url, { body, signal });
  if (response.status === 204) return undefined as T;
  const parsed = await jsonOf(response);
  if (parsed === null && timeout.aborted) throw noAnswer();
  if (parsed === null) throw new ProblemError(response.status, { title: t("problem.not_json") });
  return parsed as T;
}

/** An export takes as long as it takes. */
const LONGEST_EXPORT_MS = 600_000;

async function file(
  path: string,
  params: Params,
  accept: string,
): Promise<{ blob: Blob; name: string | undefined }> {
  const { response } = await ask("GET", urlOf(path, params), { accept, longestWaitMs: LONGEST_EXPORT_MS });
  const blob = await response.blob().catch(() => {
    throw noAnswer();
  });
  return { blob, name: /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] };
}

const noAnswer = (): ProblemError =>
  new ProblemError(0, { title: t("problem.silent"), detail: t("problem.silent_detail") });

const problemOf = (parsed: unknown): ProblemBody =>
  typeof parsed === "object" && parsed !== null ? parsed : { title: t("problem.title") };

export const api = {
  file,
  get: <T>(path: string, params?: Params, signal?: AbortSignal) =>
    call<T>("GET", urlOf(path, params), undefined, signal),
  post: <T>(path: string, body: unknown = {}) => call<T>("POST", urlOf(path), body),
  delete: (path: string) => call<void>("DELETE", urlOf(path)),
};
