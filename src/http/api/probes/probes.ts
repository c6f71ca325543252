import { z } from "@hono/zod-openapi";
import { BUDGET, sizeOf } from "../../../sharing/budget/probe-budget.ts";
import { readBudgetFigures } from "../../../sharing/budget/probe-budget-store.ts";
import { PLAN, planPeriodMs } from "../../../sharing/rules/probe-plan.ts";
import { DETECTIONS } from "../../../reports/probe-plan-page.ts";
import type { AppLimit } from "../../../sharing/budget/open-probe-budget.ts";
import { HOUR } from "../../../sharing/model/timings.ts";
import type { HttpDeps } from "../../kit/http-deps.ts";
import { findLongestDue, readBusyWabas, type BusyWaba } from "../../../reports/probe-figures-store.ts";
import { isoOf, isoOrNull } from "../wabas/render-waba.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { findOldestLiveProof } from "../../../reports/share-figures-store.ts";
import { Instant } from "../wabas/waba-schema.ts";

const Count = z.int().min(0);
const Percent = z.number().min(0);
const Seconds = z.number().min(0);

const ProbePlan = z
  .object({
    as_of: Instant,
    sweep_period_s: Seconds.openapi({ description: "The longest time until the next probe of a live WABA." }),
    oldest_proof_at: Instant.nullable().openapi({
      description: "Of the live WABAs, the one proven least recently. Null when none is live.",
    }),
    behind_s: Seconds.openapi({ description: "How long the most overdue probe has waited." }),
    situations: z.array(z.object({ when: z.string(), every_s: Seconds })),
    promises: z.array(
      z.object({ loss: z.string(), found_by: z.string(), within_s: Seconds, note: z.string() }),
    ),
  })
  .openapi("ProbePlan", {
    description:
      "When Sharekeeper probes, and how long a loss can stay undetected at worst, computed from the settings in use.",
  });

const plan = defineRoute({
  method: "GET",
  path: "/api/v1/probe-plan",
  who: "viewer",
  name: "getProbePlan",
  group: "Service",
  summary: "The probe plan and its detection time guarantees",
  description: "The first matching situation decides how often a WABA is swept.",
  answer: { status: 200, description: "The plan in use.", schema: ProbePlan },
  problems: [],
  audit: null,
  async handle({ deps: { db, clock, sweepPeriodMs } }) {
    const now = clock.now();
    const due = await findLongestDue(db);
    return {
      as_of: isoOf(now),
      sweep_period_s: sweepPeriodMs / 1000,
      oldest_proof_at: isoOrNull(await findOldestLiveProof(db)),
      behind_s: due === null ? 0 : Math.max(0, now - due) / 1000,
      situations: PLAN.map(({ when, share }) => ({
        when,
        every_s: planPeriodMs(share, sweepPeriodMs) / 1000,
      })),
      promises: DETECTIONS.map(({ loss, by, worstMs, note }) => ({
        loss,
        found_by: by,
        within_s: worstMs(sweepPeriodMs) / 1000,
        note,
      })),
    };
  },
});

const BusySchema = z.object({
  id: z.string(),
  name: z.string().nullable(),
  hourly: Count.openapi({ description: "Calls per hour that Meta allows for it, as far as known." }),
  used: Count.openapi({
    description: "How many of the `at_once` calls are used and not yet available again.",
  }),
  at_once: Count,
  percent: Percent.nullable().openapi({ description: "Use of the limit by Meta's last usage header." }),
  closed_until: Instant.nullable().openapi({
    description: "Meta refused for too many calls: Sharekeeper waits until then.",
  }),
});

const AppBudget = z.object({
  app_id: z.string(),
  percent: Percent.nullable().openapi({
    description: "Use of the app's limit by Meta's last usage header. Null: no header within the last hour.",
  }),
  percent_at: Instant.nullable(),
  refusals: Count.openapi({ description: "Refusals for too many calls, in a row." }),
  closed_until: Instant.nullable().openapi({
    description: "Until then only checks by a person call Meta.",
  }),
  busiest: z.array(BusySchema).openapi({ description: "The WABAs nearest to their own limit." }),
});

const ProbeBudget = z
  .object({
    as_of: Instant,
    sweeps_wait_at_percent: Percent,
    urgent_wait_at_percent: Percent,
    limits: z.array(
      z.object({
        hourly: Count.openapi({ description: "Calls per hour that Meta allows for one WABA." }),
        used_at_most: Count.openapi({ description: "The most calls that Sharekeeper makes in any hour." }),
        at_once: Count,
        flowing_in: Count.openapi({
          description: "Calls per hour that become available again, beside `at_once`.",
        }),
        for_sweep: Count.openapi({
          description: "Part of `at_once` for the sweep; the rest is kept for urgent probes.",
        }),
      }),
    ),
    calls_per_probe: Count.openapi({ description: "The most calls of one probe." }),
    near_limit: Count.openapi({ description: "WABAs that have used three quarters of their limit or more." }),
    closed: Count.openapi({ description: "Limits of apps and WABAs that are exhausted or refused now." }),
    postponed: z
      .object({ spent: Count, usage: Count, throttled: Count })
      .openapi({ description: "Probes postponed for lack of budget since this instance started, by cause." }),
    apps: z.array(AppBudget),
  })
  .openapi("ProbeBudget", { description: "The probes' budget of calls to Meta, and its use." });

const MOST_BUSY = 5;

const budget = defineRoute({
  method: "GET",
  path: "/api/v1/probe-budget",
  who: "viewer",
  name: "getProbeBudget",
  group: "Service",
  summary: "The probes' budget of calls to Meta, and its use",
  answer: { status: 200, description: "The budget per app, over all instances.", schema: ProbeBudget },
  problems: [],
  audit: null,
  async handle({ deps }) {
    const now = deps.clock.now();
    const figures = await readBudgetFigures(deps.db, now);
    return {
      as_of: isoOf(now),
      sweeps_wait_at_percent: BUDGET.sweepsWaitAt,
      urgent_wait_at_percent: BUDGET.urgentWaitAt,
      limits: [BUDGET.hourly.registered, BUDGET.hourly.unregistered].map(renderLimit),
      calls_per_probe: BUDGET.callsOfProbe,
      near_limit: figures.nearLimit,
      closed: figures.closed,
      postponed: { ...(deps.budget?.postponedCounts() ?? { spent: 0, usage: 0, throttled: 0 }) },
      apps: await readApps(deps, now),
    };
  },
});

async function readApps(
  { db, budget: spent }: Pick<HttpDeps, "db" | "budget">,
  now: number,
): Promise<z.input<typeof AppBudget>[]> {
  const apps: z.input<typeof AppBudget>[] = [];
  for (const limit of spent?.appLimits() ?? []) {
    const busy = await readBusyWabas(db, { appId: limit.appId, now, limit: MOST_BUSY });
    apps.push({ ...renderApp(limit, now), busiest: busy.map(renderBusy) });
  }
  return apps;
}

function renderApp({ appId, percent, percentAt, strikes, closedUntil }: AppLimit, now: number) {
  return {
    app_id: appId,
    percent,
    percent_at: percent === null ? null : isoOf(percentAt),
    refusals: strikes,
    closed_until: closedUntil > now ? isoOf(closedUntil) : null,
  };
}

function renderBusy({
  wabaId,
  name,
  hourly,
  spent,
  percent,
  closedUntil,
}: BusyWaba): z.input<typeof BusySchema> {
  const atOnce = Math.floor(sizeOf(hourly).holds);
  return {
    id: wabaId,
    name,
    hourly,
    used: Math.ceil(spent),
    at_once: atOnce,
    percent,
    closed_until: isoOrNull(closedUntil),
  };
}

function renderLimit(hourly: number) {
  const { holds, perMs } = sizeOf(hourly);
  return {
    hourly,
    used_at_most: hourly * BUDGET.used,
    at_once: Math.floor(holds),
    flowing_in: Math.round(perMs * HOUR),
    for_sweep: Math.floor(holds * (1 - BUDGET.reserve)),
  };
}

export const probeRoutes: Route[] = [plan, budget];
