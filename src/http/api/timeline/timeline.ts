import { z } from "@hono/zod-openapi";
import { readTimeline } from "../../../sharing/record/timeline-store.ts";
import { getWabaView, contextOf } from "../wabas/get-waba.ts";
import { Cursor, Limit, listOf, pageOf } from "../../kit/list-schema.ts";
import { parseCursor, renderCursor, type PageCursor } from "../../../reports/page-cursor.ts";
import { Problem } from "../../../problems.ts";
import { renderTimelineEntry } from "./render-timeline.ts";
import { namesOf } from "../wabas/render-waba.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { TimelineEntrySchema } from "./timeline-schema.ts";
import { WabaId } from "../wabas/wabas.ts";

const timeline = defineRoute({
  method: "GET",
  path: "/api/v1/wabas/{waba_id}/timeline",
  who: "viewer",
  name: "listTimeline",
  group: "WABAs",
  summary: "The history of a WABA: observations, transitions and commands, newest first",
  params: WabaId,
  query: z.strictObject({ limit: Limit, cursor: Cursor }),
  answer: { status: 200, description: "One page.", schema: listOf(TimelineEntrySchema) },
  problems: ["waba_not_found", "invalid_cursor"],
  audit: null,
  async handle({ deps, params, query }) {
    const view = await getWabaView(deps, params.waba_id);
    const before = positionOf(parseCursor(query.cursor, "timeline", 2));
    const rows = await readTimeline(deps.db, view.asset.id, before, query.limit + 1);
    const names = namesOf(view, contextOf(deps));
    const cursorOf = (last: (typeof rows)[number]): string =>
      renderCursor({ sort: "timeline", values: [last.seq, last.id] });
    return pageOf(rows, query.limit, cursorOf, (page) =>
      page.map((entry) => renderTimelineEntry(entry, names)),
    );
  },
});

function positionOf(cursor: PageCursor | null): { seq: string; id: string } | null {
  if (cursor === null) return null;
  const seq = String(cursor.values[0]);
  if (!/^\d{1,18}$/.test(seq)) throw new Problem("invalid_cursor");
  return { seq, id: String(cursor.values[1]) };
}

export const timelineRoutes: Route[] = [timeline];
