import { z } from "@hono/zod-openapi";
import { Cursor, Limit } from "../list-schema.ts";
import { readObservedFigures, readObservedSteps, type ObservedStep } from "../observe-report-store.ts";
import { parseCursor, renderCursor, type PageCursor } from "../page-cursor.ts";
import { parseEventId } from "../read-events.ts";
import { isoOf } from "../render-waba.ts";
import { defineRoute, type Route } from "../route.ts";
import { Instant, Reason } from "../waba-schema.ts";

const Count = z.int().min(0);

const Step = z
  .object({
    at: Instant,
    waba_id: z.string(),
    name: z.string(),
    client_id: z.string(),
    number_id: z.string().nullable().openapi({ description: "Of a number that ails by itself." }),
    act: z.enum(["close", "open"]),
    status: z.string(),
    reason: Reason.nullable(),
  })
  .openapi("ObservedStep");

const Report = z
  .object({
    as_of: Instant,
    since: Instant,
    counts: z.object({
      observed: Count.openapi({ description: "Adopted WABAs that are only observed now." }),
      closed_now: Count.openapi({ description: "Of these, whose gate would be closed now." }),
      would_have_closed: Count,
      would_have_opened: Count,
      accepted_by_meta: Count.openapi({
        description:
          "Messages that Meta took while the gate would have been closed since an instant of this report.",
      }),
      refused_by_meta: Count.openapi({ description: "The same, that Meta refused." }),
    }),
    data: z.array(Step),
    has_more: z.boolean(),
    next_cursor: z.string().nullable(),
  })
  .openapi("ObserveReport");

const DAY_MS = 86_400_000;

const report = defineRoute({
  method: "GET",
  path: "/api/v1/observe-report",
  who: "viewer",
  name: "getObserveReport",
  group: "WABAs",
  summary: "What would have been done to the WABAs that are only observed",
  description: "Newest first, from the journal. `since` is a week ago unless given.",
  query: z.strictObject({ since: Instant.optional(), limit: Limit, cursor: Cursor }),
  answer: { status: 200, description: "Figures, and one page of what would have been done.", schema: Report },
  problems: ["invalid_cursor"],
  audit: null,
  async handle({ deps: { db, clock }, query }) {
    const now = clock.now();
    const since = query.since === undefined ? new Date(now - 7 * DAY_MS) : new Date(query.since);
    const before = positionOf(parseCursor(query.cursor, "observe-report", 1));
    const rows = await readObservedSteps(db, since, before, query.limit + 1);
    const figures = await readObservedFigures(db, since);
    const page = rows.slice(0, query.limit);
    const last = page.at(-1);
    const hasMore = rows.length > query.limit && last !== undefined;
    return {
      as_of: isoOf(now),
      since: since.toISOString(),
      counts: {
        observed: figures.observed,
        closed_now: figures.closedNow,
        would_have_closed: figures.wouldHaveClosed,
        would_have_opened: figures.wouldHaveOpened,
        accepted_by_meta: figures.acceptedByMeta,
        refused_by_meta: figures.refusedByMeta,
      },
      data: page.map(renderStep),
      has_more: hasMore,
      next_cursor: hasMore ? renderCursor({ sort: "observe-report", values: [last.seq] }) : null,
    };
  },
});

function positionOf(cursor: PageCursor | null): string | null {
  return cursor === null ? null : parseEventId(String(cursor.values[0]));
}

function renderStep(step: ObservedStep): z.input<typeof Step> {
  return {
    at: step.at.toISOString(),
    waba_id: step.wabaId,
    name: step.name,
    client_id: step.clientId,
    number_id: step.numberId,
    act: step.act,
    status: step.status,
    reason: step.reason,
  };
}

export const observeReportRoutes: Route[] = [report];
