/**
 * `POST /` with `batch=[{"method":"GET","relative_url":"v25.0/1?fields=id"}]`: up to 50 requests in one,
 * answered one by one. From memory of Meta's "batch requests"; references between the parts (`{result=…}`)
 * are not emulated.
 */
import type { EmulatorContext } from "../context/emulator-context.ts";
import { nextCount } from "../world/world.ts";
import { traceIdOf } from "./errors.ts";
import type { GraphOutcome } from "./graph.ts";
import { isRecord, paramOf, segmentsOf } from "./request.ts";
import type { GraphRequest } from "./request.ts";

const LARGEST_BATCH = 50;

interface Part {
  method: string;
  relativeUrl: string;
  body: string;
}

interface PartAnswer {
  code: number;
  headers?: { name: string; value: string }[];
  body: string;
}

export function isBatch(request: GraphRequest): boolean {
  return (
    request.method === "POST" && request.segments.length === 0 && paramOf(request, "batch") !== undefined
  );
}

/** null stands for a part that did not end in time: here, one that a fault broke off. */
export async function answerBatch(
  context: EmulatorContext,
  request: GraphRequest,
  answer: (part: GraphRequest) => Promise<GraphOutcome | "reset" | "hang">,
): Promise<GraphOutcome> {
  const parts = partsIn(paramOf(request, "batch") ?? "");
  if (typeof parts === "string") return refusal(context, parts);
  const withHeaders = paramOf(request, "include_headers") !== "false";
  const answers: (PartAnswer | null)[] = [];
  let notEmulated = false;
  for (const part of parts) {
    const outcome = await answer(requestOf(request, part));
    answers.push(typeof outcome === "string" ? null : partAnswerOf(outcome, withHeaders));
    notEmulated ||= typeof outcome !== "string" && outcome.notEmulated === true;
  }
  return { status: 200, body: answers, ...(notEmulated && { notEmulated }) };
}

function partAnswerOf(outcome: GraphOutcome, withHeaders: boolean): PartAnswer {
  const headers = Object.entries({ "content-type": "application/json; charset=UTF-8", ...outcome.headers });
  return {
    code: outcome.status,
    ...(withHeaders && { headers: headers.map(([name, value]) => ({ name, value })) }),
    body: JSON.stringify(outcome.body),
  };
}

/** The parts, or why there are none. */
function partsIn(text: string): Part[] | string {
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return "(#100) The parameter batch must be a JSON array";
  }
  if (!Array.isArray(list)) return "(#100) The parameter batch must be a JSON array";
  if (list.length > LARGEST_BATCH) {
    return `(#100) Too many requests in batch message. Maximum batch size is ${LARGEST_BATCH}`;
  }
  const parts = list.filter(isRecord).map((part) => ({
    method: String(part["method"] ?? "GET").toUpperCase(),
    relativeUrl: String(part["relative_url"] ?? ""),
    body: typeof part["body"] === "string" ? part["body"] : "",
  }));
  return parts.length === list.length ? parts : "(#100) Each part of a batch must be an object";
}

/** A part speaks with its own token, else with that of the whole. */
function requestOf(whole: GraphRequest, part: Part): GraphRequest {
  const url = new URL(part.relativeUrl.replace(/^\/*/, "/"), whole.origin);
  const token = paramOf(whole, "access_token");
  const proof = paramOf(whole, "appsecret_proof");
  const query = {
    ...(token !== undefined && { access_token: token }),
    ...(proof !== undefined && { appsecret_proof: proof }),
    ...Object.fromEntries(url.searchParams),
  };
  const { method, body } = part;
  const { headers, origin } = whole;
  const { version, segments } = segmentsOf(url.pathname);
  const isVersioned = /^\/v\d+\.\d+(\/|$)/.test(url.pathname);
  return {
    method,
    path: url.pathname,
    query,
    headers,
    origin,
    body: body === "" ? undefined : Object.fromEntries(new URLSearchParams(body)),
    segments,
    version: isVersioned ? version : whole.version,
  };
}

function refusal(context: EmulatorContext, message: string): GraphOutcome {
  const traceId = traceIdOf(nextCount(context.store.world, "trace"));
  const error = { message, type: "OAuthException", code: 100, fbtrace_id: traceId };
  return { status: 400, body: { error } };
}
