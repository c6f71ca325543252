/** The way of one Graph request: its fault if a rule has one, else Meta's answer; and both into the journal. */
import type { EmulatorContext } from "../emulator-context.ts";
import { takeFault } from "../faults.ts";
import type { FaultRule } from "../faults.ts";
import { nextCount } from "../world.ts";
import type { World } from "../world.ts";
import { parseBody } from "../http-server.ts";
import type { HttpOutcome, HttpRequest } from "../http-server.ts";
import { faultErrorOf, traceIdOf } from "./errors.ts";
import { answerGraph } from "./graph.ts";
import { segmentsOf } from "./request.ts";
import type { GraphRequest } from "./request.ts";

export async function serveGraph(context: EmulatorContext, http: HttpRequest): Promise<HttpOutcome> {
  const request = graphRequestOf(http);
  const at = new Date(context.clock.now()).toISOString();
  const fault = faultOf(context, request);
  if (fault?.delay_ms) await context.clock.pause(fault.delay_ms);
  const outcome =
    fault?.respond === undefined ? answerGraph(context, request) : faultOutcome(context, fault.respond);
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
    ...(typeof outcome !== "string" && "notEmulated" in outcome && { not_emulated: true }),
  });
  return typeof outcome === "string"
    ? outcome
    : { status: outcome.status, headers: outcome.headers, body: outcome.body };
}

function graphRequestOf(http: HttpRequest): GraphRequest {
  const { method, path, query, headers, origin } = http;
  return { method, path, query, headers, origin, body: parseBody(http), ...segmentsOf(path) };
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

function faultOutcome(
  context: EmulatorContext,
  respond: Respond,
): { status: number; body: unknown; headers?: Record<string, string> } | "reset" | "hang" {
  if (typeof respond === "string") return respond;
  const traceId = traceIdOf(nextCount(context.store.world, "trace"));
  return {
    status: respond.status,
    body: { error: { ...faultErrorOf(respond.status, respond.error), fbtrace_id: traceId } },
  };
}
