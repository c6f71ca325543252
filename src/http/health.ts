import type { Hono } from "hono";
import type { HttpEnv } from "./create-api.ts";
import type { HttpDeps } from "./http-deps.ts";
import type { Incident } from "../sharing/incident.ts";
import { findOpenIncidents } from "../sharing/incident-store.ts";
import { renderIncident } from "./render-incident.ts";
import { isoOrNull } from "./render-waba.ts";
import { findOldestLiveProof } from "./share-figures-store.ts";

const DATABASE_BOUND_MS = 3000;
/** Its turns are questions to Meta: Meta never decides whether we are ready. */
const META_LOOP = "listing";

/** `/healthz`: the process is up. `/readyz`: it can do its work. `/metrics`: what it has done. */
export function mountHealth(api: Hono<HttpEnv>, deps: HttpDeps): void {
  api.get("/healthz", (context) => context.json({ status: "ok" }));
  api.get("/readyz", async (context) => {
    const readiness = await readReadiness(deps);
    return context.json(readiness, readiness.status === "ready" ? 200 : 503);
  });
  api.get("/metrics", async (context) => {
    const { contentType, text } = await deps.metrics.render();
    return context.body(text, 200, { "Content-Type": contentType });
  });
}

async function readReadiness(
  deps: HttpDeps,
): Promise<{ status: "ready" | "not_ready" } & Record<string, unknown>> {
  const proof = await readProof(deps);
  const loops = deps.loopsOf();
  const isWorking = loops.every((loop) => loop.alive || loop.name === META_LOOP);
  return {
    status: proof !== null && isWorking ? "ready" : "not_ready",
    database: proof === null ? "unavailable" : "ok",
    loops: loops.map(({ name, alive, lastRoundAt, error }) => ({
      name,
      alive,
      last_round_at: isoOrNull(lastRoundAt),
      error,
    })),
    meta: proof && {
      wabas_without_proof: countUnknown(deps),
      oldest_live_proof_at: isoOrNull(proof.oldestAt),
      // Told, and no reason not to be ready: what was known is kept, and messages flow by it.
      incidents: proof.incidents.map(renderIncident),
    },
  };
}

interface Proof {
  oldestAt: number | null;
  incidents: Incident[];
}

/** Asks the database something that it answers at once; null when it does not answer in time. */
async function readProof({ db, clock, log }: HttpDeps): Promise<Proof | null> {
  const done = new AbortController();
  const bound = clock.pause(DATABASE_BOUND_MS, done.signal).then(() => null);
  const read = Promise.all([findOldestLiveProof(db), findOpenIncidents(db)])
    .then(([oldestAt, incidents]) => ({ oldestAt, incidents }))
    .catch((error: unknown) => {
      log.warn({ err: error }, "not ready: the database does not answer");
      return null;
    });
  return Promise.race([read, bound]).finally(() => done.abort());
}

function countUnknown({ gate }: HttpDeps): number {
  return gate
    .statusCounts()
    .filter((row) => row.status === "unknown")
    .reduce((total, row) => total + row.count, 0);
}
