import { recordServerTime } from "../time/server-clock.ts";
import { t } from "../messages.ts";
import type { CreateClientConfig } from "./generated/client.gen.ts";
import { ProblemError } from "./problem-error.ts";
import { isUntouched } from "./touches.ts";
import type { ProblemBody } from "./types.ts";

/** A proxy may drop requests without an answer. The longest command, "Check now", takes 10 s. */
const LONGEST_WAIT_MS = 25_000;

/** What all requests of the generated client (`npm run hub:types`) share. */
export const createClientConfig: CreateClientConfig = (config) => ({
  baseUrl: "",
  ...config,
  credentials: "same-origin",
  headers: { Accept: "application/json" },
  parseAs: "json",
  querySerializer: serializeQuery,
  fetch: fetchWithin(LONGEST_WAIT_MS),
});

/** Parameters that have a value. The first page of a list has an empty `cursor`. */
function serializeQuery(query: Record<string, unknown>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  return search.toString();
}

/** `fetch` with the whole answer read; throws a `ProblemError` for a refusal or no answer. */
export const fetchWithin =
  (longestWaitMs: number): typeof fetch =>
  async (input, init) => {
    const request = new Request(input, init);
    // A write by cookie needs the type of JSON, also without a body.
    if (request.method !== "GET") request.headers.set("Content-Type", "application/json");
    // Nobody is here, so what the page asks by itself must not keep the session from going idle.
    if (isUntouched()) request.headers.set("Sharekeeper-Background", "1");
    const answer = await readAnswer(request, longestWaitMs);
    recordServerTime(answer.headers.get("Sharekeeper-Time"));
    if (!answer.ok) throw new ProblemError(answer.status, await problemOf(answer));
    if (answer.status !== 204 && request.headers.get("Accept") === "application/json" && !isJson(answer))
      throw new ProblemError(answer.status, { title: t("problem.not_json") });
    return answer;
  };

/** An answer that breaks off in its body is no answer. */
async function readAnswer(request: Request, longestWaitMs: number): Promise<Response> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(longestWaitMs)]);
  try {
    const answer = await fetch(request, { signal });
    return new Response(answer.status === 204 ? null : await answer.arrayBuffer(), answer);
  } catch (error) {
    if (request.signal.aborted) throw error;
    throw new ProblemError(0, { title: t("problem.silent"), detail: t("problem.silent_detail") });
  }
}

const isJson = ({ headers }: Response): boolean => /json/.test(headers.get("Content-Type") ?? "");

async function problemOf(answer: Response): Promise<ProblemBody> {
  const parsed: unknown = isJson(answer) ? await answer.json().catch(() => null) : null;
  return typeof parsed === "object" && parsed !== null ? parsed : { title: t("problem.title") };
}
