import { Counter, Gauge, Registry } from "prom-client";
import type { Clock } from "../lib/clock.ts";
import type { Database } from "../database/database.ts";
import type { StatusRow } from "../sharing/status.ts";
import { STATUS_ROWS } from "../sharing/status.ts";
import { readStatusCounts } from "./share-figures-store.ts";

export type WebhookOutcome = "kept" | "bad_signature" | "too_large" | "unavailable";

/** What `/metrics` tells. Every name begins with `sharekeeper_`. */
export interface Metrics {
  countWebhook(outcome: WebhookOutcome): void;
  /** A message's end; `reason` is ours for what we refused, Meta's code for what Meta refused. */
  countMessage(message: { outcome: string; reason: string | null }): void;
  countLook(trigger: string): void;
  /** The text format of Prometheus. The figures of the WABAs are read from the database here. */
  render(): Promise<{ contentType: string; text: string }>;
}

export function createMetrics({ db, clock }: { db: Database; clock: Clock }): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const webhooks = new Counter({
    name: "sharekeeper_webhooks_total",
    help: "Webhooks of Meta's, by what became of them.",
    labelNames: ["outcome"],
    registers,
  });
  const messages = new Counter({
    name: "sharekeeper_messages_total",
    help: "Messages at the gateway, by how they ended.",
    labelNames: ["outcome", "reason"],
    registers,
  });
  const looks = new Counter({
    name: "sharekeeper_looks_total",
    help: "Looks at Meta, by what started them.",
    labelNames: ["trigger"],
    registers,
  });
  const wabas = new Gauge({
    name: "sharekeeper_wabas",
    help: "WABAs by status.",
    labelNames: ["status"],
    registers,
  });
  const oldestProof = new Gauge({
    name: "sharekeeper_oldest_proof_age_seconds",
    help: "Age of the oldest proof among the WABAs that are live.",
    registers,
  });
  const readFigures = async (): Promise<void> => {
    const counts = await readStatusCounts(db);
    const countOf = (status: StatusRow["status"]): number =>
      counts.rows.filter((row) => row.status === status).reduce((sum, row) => sum + row.count, 0);
    for (const { status } of STATUS_ROWS) wabas.set({ status }, countOf(status));
    const age = counts.oldestLiveProofAt === null ? 0 : clock.now() - counts.oldestLiveProofAt;
    oldestProof.set(Math.max(0, age) / 1000);
  };
  return {
    countWebhook: (outcome) => webhooks.inc({ outcome }),
    countMessage: ({ outcome, reason }) => messages.inc({ outcome, reason: reason ?? "" }),
    countLook: (trigger) => looks.inc({ trigger }),
    render: async () => {
      await readFigures();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
