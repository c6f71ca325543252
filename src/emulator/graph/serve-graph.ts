/**
 * The way of one Graph request: its fault if a rule has one, else Meta's answer; and both into the journal.
 */
import { createHash } from "node:crypto";
import type { EmulatorContext } from "../context/emulator-context.ts";
import { takeFault } from "../world/faults.ts";
import type { FaultRule } from "../world/faults.ts";
import { nextCount } from "../world/world.ts";
import type { World } from "../world/world.ts";
import { parseBody } from "../http/http-server.ts";
import type { HttpOutcome, HttpRequest } from "../http/http-server.ts";
import { faultErrorOf, traceIdOf } from "./errors.ts";
import { answerGraph } from "./graph.ts";
import type { GraphOutcome } from "./graph.ts";
import { answerBatch, isBatch } from "./batch.ts";
import { answerIds, isIds } from "./multi-get.ts";
import { segmentsOf } from "./request.ts";
import type { GraphRequest } from "./request.ts";

export async function serveGraph(context: EmulatorContext, http: HttpRequest): Promise<HttpOutcome> {
  const request = graphRequestOf(http);
  const at = new Date(context.clock.now()).toISOString();
  const fault = faultOf(context, request);
  const outcome = await outcomeOf(context, request, fault);
  const answered =
    typeof outcome === "string"
      ? { status: null, answer: null }
      : { status: outcome.status, answer: outcome.body };
  context.journal.requests.append({
    at,
    method: request.method,
    path: request.path,
    query: request.query,
    headers: request.headers,
    body: request.body ?? null,
    ...answered,
    ...(fault && { fault: fault.id }),
    ...(typeof outcome !== "string" && outcome.notEmulated && { not_emulated: true }),
  });
  return typeof outcome === "string" ? outcome : writtenOf(request, outcome);
}

type Outcome = GraphOutcome | "reset" | "hang";

async function outcomeOf(
  context: EmulatorContext,
  request: GraphRequest,
  fault: FaultRule | undefined,
): Promise<Outcome> {
  if (fault?.delay_ms) await context.clock.pause(fault.delay_ms);
  if (fault?.respond !== undefined) return faultOutcome(context, fault.respond);
  if (isBatch(request)) return answerBatch(context, request, (part) => partOf(context, part));
  if (isIds(request)) return answerIds(request, (part) => answerGraph(context, part));
  return answerGraph(context, request);
}

/** A part of a batch meets the same rules as a request of its own. */
function partOf(context: EmulatorContext, part: GraphRequest): Promise<Outcome> {
  return outcomeOf(context, part, faultOf(context, part));
}

function graphRequestOf(http: HttpRequest): GraphRequest {
  const { method, path, query, headers, origin } = http;
  const body = parseBody(http);
  // Clients that can only POST say the method they mean in a parameter.
  const meant = method === "POST" ? query["method"]?.toUpperCase() : undefined;
  return { method: meant ?? method, path, query, headers, origin, body, ...segmentsOf(path) };
}

/** Meta's `ETag` saves the body, not the call: a request that knows it gets 304. */
function writtenOf(request: GraphRequest, outcome: GraphOutcome): HttpOutcome {
  const text = JSON.stringify(outcome.body);
  const headers = { "content-type": "application/json; charset=UTF-8", ...outcome.headers };
  if (request.method !== "GET" || outcome.status !== 200) return { ...outcome, headers, body: text };
  const etag = `"${createHash("sha1").update(text).digest("hex")}"`;
  const isKnown = request.headers["if-none-match"] === etag;
  return { status: isKnown ? 304 : 200, headers: { ...headers, etag }, body: isKnown ? "" : text };
}

function faultOf(context: EmulatorContext, request: GraphRequest): FaultRule | undefined {
  const { world } = context.store;
  if (world.faults.length === 0) return undefined;
  const target = {
    method: request.method,
    path: request.path,
    wabaId: wabaIdOf(world, request.segments[0] ?? ""),
  };
  const fault = takeFault(world.faults, target, context.random);
  if (fault?.count !== undefined) context.store.changed();
  return fault;
}

function wabaIdOf(world: World, nodeId: string): string | null {
  return world.wabas[nodeId]?.id ?? world.numbers[nodeId]?.wabaId ?? null;
}

type Respond = NonNullable<FaultRule["respond"]>;

function faultOutcome(context: EmulatorContext, respond: Respond): Outcome {
  if (typeof respond === "string") return respond;
  const traceId = traceIdOf(nextCount(context.store.world, "trace"));
  return {
    status: respond.status,
    body: { error: { ...faultErrorOf(respond.status, respond.error), fbtrace_id: traceId } },
  };
}
