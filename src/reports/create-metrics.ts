import { Counter, Gauge, Registry } from "prom-client";
import type { Clock } from "../lib/clock.ts";
import type { Database } from "../database/database.ts";
import type { GateCache } from "../sharing/gate/gate-cache.ts";
import type { EpisodeFigures } from "./episode-figures-store.ts";
import { createEpisodeTotals } from "./create-episode-totals.ts";
import { renderHistogram } from "./histogram.ts";
import { STATUS_ROWS } from "../sharing/status/status.ts";
import type { EventStream } from "../delivery/streams/create-event-stream.ts";
import { registerBudgetMetrics } from "./register-budget-metrics.ts";
import { registerStreamMetrics } from "./register-stream-metrics.ts";
import { registerDeliveryMetrics, type DeliveryMetrics } from "./register-delivery-metrics.ts";
import { findOldestLiveProof, readProofAges } from "./share-figures-store.ts";
import type { ProbeBudget } from "../sharing/budget/open-probe-budget.ts";

type WebhookOutcome = "kept" | "bad_signature" | "too_large" | "busy" | "unavailable";

/** The contents of `/metrics`. Every name begins with `sharekeeper_`. */
export interface Metrics {
  countWebhook(outcome: WebhookOutcome): void;
  /** The outcome of a message; `reason` is ours for a local refusal, Meta's code for a refusal by Meta. */
  countMessage(message: { outcome: string; reason: string | null }): void;
  countProbe(trigger: string): void;
  countAttempts: DeliveryMetrics["countAttempts"];
  /** A wrong key, by where it was shown. */
  countAuthFailure(entryPoint: string): void;
  /**
   * The text format of Prometheus. Figures of WABAs and losses cover the whole installation, from the
   * database. Every instance reports the same, so a restart loses nothing, and a sum over instances counts
   * double.
   */
  render(): Promise<{ contentType: string; text: string }>;
}

export interface MetricsDeps {
  db: Database;
  clock: Clock;
  gate: Pick<GateCache, "statusCounts" | "shareCount">;
  budget?: ProbeBudget | undefined;
  eventStream?: EventStream | null;
}

export function createMetrics(deps: MetricsDeps): Metrics {
  const registry = new Registry();
  const readBudget = registerBudgetMetrics(registry, deps);
  const readStream = registerStreamMetrics(registry, deps);
  const deliveries = registerDeliveryMetrics(registry, deps);
  const registers = [registry];
  const webhooks = new Counter({
    name: "sharekeeper_webhooks_total",
    help: "Webhooks from Meta, by outcome.",
    labelNames: ["outcome"],
    registers,
  });
  const messages = new Counter({
    name: "sharekeeper_messages_total",
    help: "Messages at the gateway, by outcome.",
    labelNames: ["outcome", "reason"],
    registers,
  });
  const authFailures = new Counter({
    name: "sharekeeper_auth_failures_total",
    help: "Wrong keys, by entry point.",
    labelNames: ["entry_point"],
    registers,
  });
  const probes = new Counter({
    name: "sharekeeper_probes_total",
    help: "Probes of Meta, by what started them.",
    labelNames: ["trigger"],
    registers,
  });
  const readShares = createShareGauges(deps, registry);
  const readEpisodes = createEpisodeTotals(deps.db);
  const falseCloses = new Counter({
    name: "sharekeeper_false_closes_total",
    help: "Gates closed by a notice that the next proof refuted, with no sign of a loss or repair in between.",
    registers,
  });
  return {
    countWebhook: (outcome) => webhooks.inc({ outcome }),
    countMessage: ({ outcome, reason }) => messages.inc({ outcome, reason: reason ?? "" }),
    countAuthFailure: (entryPoint) => authFailures.inc({ entry_point: entryPoint }),
    countProbe: (trigger) => probes.inc({ trigger }),
    countAttempts: deliveries.countAttempts,
    render: async () => {
      await readShares();
      await readBudget();
      await readStream();
      await deliveries.read();
      const figures = await readEpisodes(deps.clock.now());
      falseCloses.reset();
      falseCloses.inc(figures.falseCloseCount);
      const text = (await registry.metrics()) + renderEpisodes(figures);
      return { contentType: registry.contentType, text };
    },
  };
}

/** What is read about the WABAs at every scrape. */
function createShareGauges(
  { db, clock, gate }: Pick<MetricsDeps, "db" | "clock" | "gate">,
  registry: Registry,
): () => Promise<void> {
  const registers = [registry];
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
  const proofAge = new Gauge({
    name: "sharekeeper_proof_age_seconds",
    help: "Age of the newest proof of the WABAs that are live; of a large fleet a sample.",
    labelNames: ["quantile"],
    registers,
  });
  return async () => {
    const counts = gate.statusCounts();
    for (const { status } of STATUS_ROWS) {
      const count = counts.filter((row) => row.status === status).reduce((sum, row) => sum + row.count, 0);
      wabas.set({ status }, count);
    }
    const now = clock.now();
    const oldestAt = await findOldestLiveProof(db);
    oldestProof.set(oldestAt === null ? 0 : Math.max(0, now - oldestAt) / 1000);
    const ages = await readProofAges(db, { now, shareCount: gate.shareCount() });
    const quantiles = { "0.5": ages.p50Ms, "0.9": ages.p90Ms, "0.99": ages.p99Ms };
    for (const [quantile, ms] of Object.entries(quantiles)) proofAge.set({ quantile }, (ms ?? 0) / 1000);
  };
}

function renderEpisodes({ detection, resume }: EpisodeFigures): string {
  const byHow = ({ announced, probed }: EpisodeFigures["resume"]): Parameters<typeof renderHistogram>[2] => [
    { labels: 'how="announced"', distribution: announced },
    { labels: 'how="probed"', distribution: probed },
  ];
  return [
    renderHistogram(
      "sharekeeper_detection_seconds",
      "From the loss to the closed gate; probed: from the last proof before it, so at most this.",
      byHow(detection),
    ),
    renderHistogram(
      "sharekeeper_closing_seconds",
      "From the receipt of Meta's notice of a loss to the closed gate.",
      [{ labels: "", distribution: detection.receipt }],
    ),
    renderHistogram(
      "sharekeeper_resume_seconds",
      "From the first sign of the repair to the open gate; probed: from the last probe without it, so at most this.",
      byHow(resume),
    ),
  ].join("");
}
