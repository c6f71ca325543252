import { z } from "@hono/zod-openapi";
import { Problem } from "../../../problems.ts";
import { Cursor, Limit, listOf, pageOf } from "../../kit/list-schema.ts";
import {
  readObservedCohorts,
  readObservedFigures,
  readObservedSteps,
  type CohortCursor,
  type ObservedCohort,
  type ObservedStep,
} from "../../../reports/observe-report-store.ts";
import { parseCursor, renderCursor, type PageCursor } from "../../../reports/page-cursor.ts";
import { parseEventId } from "../events/read-events.ts";
import { isoOf } from "../wabas/render-waba.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Instant, Reason } from "../wabas/waba-schema.ts";

const Count = z.int().min(0);

const Step = z
  .object({
    at: Instant,
    waba_id: z.string(),
    name: z.string(),
    client_id: z.string(),
    client_name: z.string(),
    mode: z.enum(["enforce", "observe"]).openapi({ description: "The WABA's mode now." }),
    number_id: z
      .string()
      .nullable()
      .openapi({ description: "The number, when only this number has the fault." }),
    decision: z.enum(["close", "open"]),
    status: z.string(),
    reason: Reason.nullable(),
    ended_at: Instant.nullable().openapi({
      description: "For a closure: when the gate would have opened again. Null while it lasts.",
    }),
    accepted_by_meta: Count.openapi({
      description: "For a closure: messages of the WABA that Meta accepted while it lasted.",
    }),
    refused_by_meta: Count,
    refuted: z.boolean().openapi({
      description:
        "For a closure by a webhook: the next proof refuted it, with no evidence for it in between.",
    }),
  })
  .openapi("ObservedStep");

const Report = z
  .object({
    as_of: Instant,
    since: Instant,
    counts: z.object({
      observed: Count.openapi({ description: "Adopted WABAs that are only observed now." }),
      closed_now: Count.openapi({ description: "Of these, WABAs whose gate would be closed now." }),
      would_have_closed: Count,
      would_have_opened: Count,
      accepted_by_meta: Count.openapi({
        description:
          "Messages that Meta accepted while the gate would have been closed, within this report's time.",
      }),
      refused_by_meta: Count.openapi({ description: "Such messages that Meta refused." }),
      doubtful: Count.openapi({
        description:
          "Closures that may be false: Meta still accepted messages, or the next proof refuted them.",
      }),
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
  summary: "What Sharekeeper would have done to WABAs in observe mode",
  description: "Newest first, from the journal. `since` defaults to a week ago.",
  query: z.strictObject({
    since: Instant.optional(),
    decision: z.enum(["close", "open"]).optional(),
    doubtful: z.enum(["true"]).optional().openapi({ description: "Only closures that may be false." }),
    client_id: z.string().max(100).optional(),
    limit: Limit,
    cursor: Cursor,
  }),
  answer: {
    status: 200,
    description: "Figures, and one page of what Sharekeeper would have done.",
    schema: Report,
  },
  problems: ["invalid_cursor"],
  audit: null,
  async handle({ deps: { db, clock }, query }) {
    const now = clock.now();
    const since = sinceOf(query.since, now);
    const rows = await readObservedSteps(db, {
      since,
      beforeSeq: positionOf(parseCursor(query.cursor, "observe-report", 1)),
      limit: query.limit + 1,
      decision: query.decision,
      doubtful: query.doubtful === "true",
      clientId: query.client_id,
    });
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
        doubtful: figures.doubtful,
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
    client_name: step.clientName,
    mode: step.mode,
    number_id: step.numberId,
    decision: step.decision,
    status: step.status,
    reason: step.reason,
    ended_at: step.endedAt?.toISOString() ?? null,
    accepted_by_meta: step.accepted,
    refused_by_meta: step.refused,
    refuted: step.isRefuted,
  };
}

const Cohort = z
  .object({
    client: z.object({ id: z.string(), name: z.string() }),
    observed: Count,
    closed_now: Count,
    would_have_closed: Count,
    doubtful: Count,
  })
  .openapi("ObservedCohort", {
    description: "The WABAs of one client in observe mode, which are switched together.",
  });

const COHORT_SORT = "observed-cohorts";

const cohorts = defineRoute({
  method: "GET",
  path: "/api/v1/observe-report/cohorts",
  who: "viewer",
  name: "listObservedCohorts",
  group: "WABAs",
  summary: "The same figures, client by client",
  description:
    "Clients with the most gates that would be closed now come first. `since` defaults to a week ago.",
  query: z.strictObject({ since: Instant.optional(), limit: Limit, cursor: Cursor }),
  answer: { status: 200, description: "One page.", schema: listOf(Cohort) },
  problems: ["invalid_cursor"],
  audit: null,
  async handle({ deps: { db, clock }, query: { since, cursor, limit } }) {
    const after = cohortAfter(parseCursor(cursor, COHORT_SORT, 3));
    const span = { since: sinceOf(since, clock.now()), after, limit: limit + 1 };
    const rows = await readObservedCohorts(db, span);
    const cursorOf = ({ closedNow, wouldHaveClosed, clientId }: ObservedCohort): string =>
      renderCursor({ sort: COHORT_SORT, values: [closedNow, wouldHaveClosed, clientId] });
    return pageOf(rows, limit, cursorOf, (page) => page.map(renderCohort));
  },
});

function cohortAfter(cursor: PageCursor | null): CohortCursor | null {
  if (cursor === null) return null;
  const [closedNow, wouldHaveClosed, clientId] = cursor.values;
  if (!Number.isInteger(closedNow) || !Number.isInteger(wouldHaveClosed)) throw new Problem("invalid_cursor");
  return {
    closedNow: Number(closedNow),
    wouldHaveClosed: Number(wouldHaveClosed),
    clientId: String(clientId),
  };
}

function renderCohort(cohort: ObservedCohort): z.input<typeof Cohort> {
  return {
    client: { id: cohort.clientId, name: cohort.clientName },
    observed: cohort.observed,
    closed_now: cohort.closedNow,
    would_have_closed: cohort.wouldHaveClosed,
    doubtful: cohort.doubtful,
  };
}

const sinceOf = (since: string | undefined, now: number): Date => new Date(since ?? now - 7 * DAY_MS);

export const observeReportRoutes: Route[] = [report, cohorts];
