import { z } from "@hono/zod-openapi";
import { Problem } from "../../../problems.ts";
import { BOUNDS_MS, type Distribution } from "../../../reports/histogram.ts";
import { isoOf } from "../wabas/render-waba.ts";
import { defineRoute, type Route } from "../../kit/route.ts";
import { Instant } from "../wabas/waba-schema.ts";
import type { Database } from "../../../database/database.ts";
import type { GateCache } from "../../../sharing/gate/gate-cache.ts";
import {
  readEpisodeFigures,
  type EpisodeFigures,
  type Span,
} from "../../../reports/episode-figures-store.ts";
import { findOldestLiveProof, readProofAges } from "../../../reports/share-figures-store.ts";

const Count = z.int().min(0);
const Ms = z.int().min(0).nullable();

const DistributionSchema = z
  .object({
    count: Count,
    p50_ms: Ms,
    p90_ms: Ms,
    p99_ms: Ms,
    buckets: z.array(z.object({ up_to_ms: z.int().nullable(), count: Count })).openapi({
      description:
        "How many took longer than the bound before this one and at most this one. The last has no bound.",
    }),
  })
  .openapi("Distribution", {
    description: "Durations in ms. The percentiles are null while nothing was measured.",
  });

const announced = {
  description:
    "Losses with a webhook from Meta. Counted from the second that the webhook names, so at most one second too long.",
};

const Figures = z
  .object({
    since: Instant,
    until: Instant,
    as_of: Instant,
    detection: z
      .object({
        announced: DistributionSchema.openapi(announced),
        after_receipt: DistributionSchema.openapi({
          description: "The same losses, counted from the receipt of the webhook: Sharekeeper's own part.",
        }),
        probed: DistributionSchema.openapi({
          description: "Losses found by probing. Counted from the last proof before, so an upper bound.",
        }),
        probed_without_bound: Count.openapi({
          description: "Losses found by probing without an earlier proof: their duration is not known.",
        }),
      })
      .openapi({ description: "From the loss to the closed gate, of the gates that closed in this span." }),
    resume: z
      .object({
        announced: DistributionSchema.openapi({
          description:
            "From the receipt of the first sign of a lasting repair: Meta's webhook, or a finished signup.",
        }),
        probed: DistributionSchema.openapi({
          description:
            "Repairs without a sign. Counted from the newest probe that still found the share missing, so an upper bound.",
        }),
      })
      .openapi({ description: "From the repair to the open gate, of the gates that opened in this span." }),
    false_closes: Count.openapi({
      description:
        "Gates closed by a webhook that the next proof refuted, with no failed probe and no sign of a repair in between.",
    }),
    oldest_proof_age_s: z.number().min(0).nullable().openapi({
      description: "Of the live WABAs, the one proven least recently. Null when none is live.",
    }),
    proof_age: DistributionSchema.openapi({
      description:
        "How long ago live WABAs were proven. For a large fleet this is a sample of `count` WABAs.",
    }),
  })
  .openapi("Figures");

/** The default span when `since` is not given. */
const DEFAULT_SPAN_MS = 30 * 24 * 3600 * 1000;

const figures = defineRoute({
  method: "GET",
  path: "/api/v1/figures",
  who: "viewer",
  name: "getFigures",
  group: "WABAs",
  summary: "How long losses took to be found and repaired",
  description:
    "A loss counts by when its gate closed, a repair by when it opened. Without `since`: the last 30 days.",
  query: z.strictObject({ since: Instant.optional(), until: Instant.optional() }),
  answer: { status: 200, description: "The figures of this span.", schema: Figures },
  problems: [],
  audit: null,
  async handle({ deps, query }) {
    const now = deps.clock.now();
    const until = query.until === undefined ? now : Date.parse(query.until);
    const since = query.since === undefined ? until - DEFAULT_SPAN_MS : Date.parse(query.since);
    if (since > until) throw new Problem("invalid_request", { faults: "query: since is later than until" });
    return renderFigures(await readFigures(deps, { since, until, now }));
  },
});

function renderFigures({ span, episodes, oldestProofAt, proofAges }: ReadFigures): z.input<typeof Figures> {
  const { detection, resume } = episodes;
  return {
    since: isoOf(span.since),
    until: isoOf(span.until),
    as_of: isoOf(span.now),
    detection: {
      announced: renderDistribution(detection.announced),
      after_receipt: renderDistribution(detection.receipt),
      probed: renderDistribution(detection.probed),
      probed_without_bound: detection.unboundedCount,
    },
    resume: { announced: renderDistribution(resume.announced), probed: renderDistribution(resume.probed) },
    false_closes: episodes.falseCloseCount,
    oldest_proof_age_s: oldestProofAt === null ? null : Math.max(0, span.now - oldestProofAt) / 1000,
    proof_age: renderDistribution(proofAges),
  };
}

function renderDistribution({
  count,
  p50Ms,
  p90Ms,
  p99Ms,
  buckets,
}: Distribution): z.input<typeof DistributionSchema> {
  return {
    count,
    p50_ms: p50Ms,
    p90_ms: p90Ms,
    p99_ms: p99Ms,
    buckets: buckets.map((inBucket, index) => ({ up_to_ms: BOUNDS_MS[index] ?? null, count: inBucket })),
  };
}

export const figuresRoutes: Route[] = [figures];

interface ReadFigures {
  span: Span & { now: number };
  episodes: EpisodeFigures;
  oldestProofAt: number | null;
  proofAges: Distribution;
}

/** How long losses took within the span, and how old the proofs are now. */
async function readFigures(
  { db, gate }: { db: Database; gate: Pick<GateCache, "shareCount"> },
  span: ReadFigures["span"],
): Promise<ReadFigures> {
  return {
    span,
    episodes: await readEpisodeFigures(db, span),
    oldestProofAt: await findOldestLiveProof(db),
    proofAges: await readProofAges(db, { now: span.now, shareCount: gate.shareCount() }),
  };
}
