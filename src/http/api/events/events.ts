import { z } from "@hono/zod-openapi";
import { EventSchema } from "./event-schema.ts";
import { openEventStream } from "./event-stream.ts";
import { contextOf } from "../wabas/get-waba.ts";
import { Cursor, Limit, listOf } from "../../kit/list-schema.ts";
import { parseEventId, readEvents } from "./read-events.ts";
import { defineRoute, type Route } from "../../kit/route.ts";

const After = z.string().max(20).optional().openapi({ description: "The id of the last event seen." });

const list = defineRoute({
  method: "GET",
  path: "/api/v1/events",
  who: "viewer",
  confinedBy: "caller",
  name: "listEvents",
  group: "Events",
  summary: "Every change, in order, from the oldest kept",
  description:
    "The events of WABAs. Each is kept for at least 30 days; at present none is ever deleted, so a cursor never becomes too old.",
  query: z.strictObject({ after: After, limit: Limit, cursor: Cursor }),
  answer: { status: 200, description: "One page; `next_cursor` is an `after`.", schema: listOf(EventSchema) },
  problems: ["invalid_cursor"],
  audit: null,
  async handle({ deps, query: { after, cursor, limit }, actor }) {
    const afterId = parseEventId(cursor ?? after ?? "0");
    const { events, lastId } = await readEvents(deps.db, contextOf(deps), afterId, limit + 1, actor);
    const hasMore = events.length > limit;
    const data = events.slice(0, limit);
    return { data, has_more: hasMore, next_cursor: hasMore ? (data.at(-1)?.id ?? lastId) : null };
  },
});

const stream = defineRoute({
  method: "GET",
  path: "/api/v1/events/stream",
  who: "viewer",
  confinedBy: "caller",
  name: "streamEvents",
  group: "Events",
  summary: "The same as server-sent events, from now on",
  description:
    "Send `Last-Event-ID` (browsers do) or `after` to receive what was missed. Between events, an event of type `ping` comes every 10 s. Each key may have 20 streams. " +
    "The stream ends within 5 s when its session or key ends, or gets another role or other limits.",
  query: z.strictObject({ after: After }),
  answer: {
    status: 200,
    description: "Events as they happen.",
    schema: EventSchema,
    contentType: "text/event-stream",
  },
  problems: ["invalid_cursor", "too_many_streams"],
  audit: null,
  handle({ deps, query, request, caller }) {
    const seen = request.headers.get("last-event-id") || query.after;
    return openEventStream(deps, caller, seen ? parseEventId(seen) : null);
  },
});

export const eventRoutes: Route[] = [list, stream];
