import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { Database } from "../database/database.ts";
import { countPending } from "../delivery/delivery-store.ts";
import { countEndpoints } from "../delivery/endpoint-store.ts";
import { ENDPOINT_STATES } from "../delivery/endpoint.ts";
import type { CountedAttempt } from "../delivery/record-attempts.ts";
import type { Clock } from "../lib/clock.ts";
import { BOUNDS_MS } from "./histogram.ts";

export interface DeliveryMetrics {
  countAttempts(attempts: readonly CountedAttempt[]): void;
  /** Reads what is rendered from the database. */
  read(): Promise<void>;
}

/** The figures of webhook endpoints. No label names an endpoint: there may be thousands. */
export function registerDeliveryMetrics(
  registry: Registry,
  { db, clock }: { db: Database; clock: Clock },
): DeliveryMetrics {
  const registers = [registry];
  const attempts = new Counter({
    name: "sharekeeper_delivery_attempts_total",
    help: "Attempts of this instance to deliver events to webhook endpoints, by outcome.",
    labelNames: ["outcome"],
    registers,
  });
  const delay = new Histogram({
    name: "sharekeeper_delivery_delay_seconds",
    help: "From an event to its delivery, of those that this instance delivered.",
    buckets: BOUNDS_MS.map((ms) => ms / 1000),
    registers,
  });
  const pending = new Gauge({
    name: "sharekeeper_deliveries_pending",
    help: "Deliveries that wait for an attempt, by the state of their endpoint.",
    labelNames: ["endpoint_state"],
    registers,
  });
  const oldest = new Gauge({
    name: "sharekeeper_oldest_pending_delivery_age_seconds",
    help: "Age of the oldest delivery that waits, by the state of its endpoint.",
    labelNames: ["endpoint_state"],
    registers,
  });
  const endpoints = new Gauge({
    name: "sharekeeper_webhook_endpoints",
    help: "Webhook endpoints by state; failing: enabled, but every attempt since the last success has failed.",
    labelNames: ["state"],
    registers,
  });
  return {
    countAttempts(list) {
      for (const { outcome, delayMs } of list) {
        attempts.inc({ outcome });
        if (delayMs !== null) delay.observe(delayMs / 1000);
      }
    },
    async read() {
      const waiting = await countPending(db);
      const counts = await countEndpoints(db);
      for (const state of ["enabled", "paused"] as const) {
        const { count = 0, oldestAt = null } = waiting.find((row) => row.state === state) ?? {};
        pending.set({ endpoint_state: state }, count);
        const ageMs = oldestAt === null ? 0 : Math.max(0, clock.now() - oldestAt);
        oldest.set({ endpoint_state: state }, ageMs / 1000);
      }
      for (const state of [...ENDPOINT_STATES, "failing"] as const) endpoints.set({ state }, counts[state]);
    },
  };
}
