/**
 * `GET /?ids=1,2&fields=…`, also with an edge (`GET /phone_numbers?ids=1,2`): an object keyed by id. From
 * memory.
 */
import type { GraphOutcome } from "./graph.ts";
import type { GraphRequest } from "./request.ts";

export function isIds(request: GraphRequest): boolean {
  return request.method === "GET" && Boolean(request.query["ids"]) && request.segments.length <= 1;
}

/** One bad id fails them all. Each id counts as a call of its own. */
export async function answerIds(
  request: GraphRequest,
  answer: (part: GraphRequest) => Promise<GraphOutcome>,
): Promise<GraphOutcome> {
  const { ids = "", ...query } = request.query;
  const found: Record<string, unknown> = {};
  let last: GraphOutcome = { status: 200, body: {} };
  for (const id of new Set(ids.split(",").filter((each) => each !== ""))) {
    const segments = [id, ...request.segments];
    last = await answer({ ...request, query, segments });
    if (last.status !== 200) return last;
    found[id] = last.body;
  }
  return { ...last, body: found };
}
