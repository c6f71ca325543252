import { Counter, Gauge, type Registry } from "prom-client";
import type { Clock } from "../lib/clock.ts";
import type { Database } from "../database/database.ts";
import { findOpenIncidents } from "../sharing/incidents/incident-store.ts";
import { readBudgetFigures } from "../sharing/budget/probe-budget-store.ts";
import type { ProbeBudget } from "../sharing/budget/open-probe-budget.ts";

/**
 * Registers the figures of Meta's limits and of incidents. The returned function reads them before the
 * metrics are rendered.
 */
export function registerBudgetMetrics(
  registry: Registry,
  { db, clock, budget }: { db: Database; clock: Clock; budget?: ProbeBudget | undefined },
): () => Promise<void> {
  const registers = [registry];
  const postponed = new Counter({
    name: "sharekeeper_postponed_probes_total",
    help: "Probes that were postponed because Meta's limits leave no room, by reason.",
    labelNames: ["why"],
    registers,
  });
  const appUsage = new Gauge({
    name: "sharekeeper_app_usage_percent",
    help: "The newest usage of the app's limit in Meta's usage header.",
    labelNames: ["app_id"],
    registers,
  });
  const nearLimit = new Gauge({
    name: "sharekeeper_wabas_near_limit",
    help: "WABAs that have used three quarters or more of Meta's limit for an hour.",
    registers,
  });
  const throttled = new Gauge({
    name: "sharekeeper_throttled_limits",
    help: "Limits, of apps and WABAs, that are closed because Meta refused for too many calls.",
    registers,
  });
  const incidents = new Gauge({
    name: "sharekeeper_incidents_open",
    help: "Open incidents: many WABAs of a connection fail together.",
    registers,
  });
  return async () => {
    postponed.reset();
    for (const [why, count] of Object.entries(budget?.postponedCounts() ?? {})) postponed.inc({ why }, count);
    const figures = await readBudgetFigures(db, clock.now());
    for (const { appId, percent } of figures.apps) appUsage.set({ app_id: appId }, percent);
    for (const { appId, percent } of budget?.appLimits() ?? []) appUsage.set({ app_id: appId }, percent ?? 0);
    nearLimit.set(figures.nearLimit);
    throttled.set(figures.closed);
    incidents.set((await findOpenIncidents(db)).length);
  };
}
