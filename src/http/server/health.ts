import type { Context, Hono } from "hono";
import { isKeyOf } from "../../access/api-key.ts";
import { Problem } from "../../problems.ts";
import { findKeyHolder } from "../kit/authenticate.ts";
import { isDirect } from "../kit/is-direct.ts";
import type { HttpEnv } from "../kit/http-env.ts";
import type { HttpDeps } from "../kit/http-deps.ts";
import type { Incident } from "../../sharing/rules/incident.ts";
import { findOpenIncidents } from "../../sharing/incidents/incident-store.ts";
import { renderIncident } from "../api/incidents/render-incident.ts";
import { isoOrNull } from "../api/wabas/render-waba.ts";
import { findOldestLiveProof } from "../../reports/share-figures-store.ts";

const DATABASE_BOUND_MS = 3000;
/** These loops call Meta, the audit's sink and the broker. None decides whether we are ready. */
const OTHERS_LOOPS: ReadonlySet<string> = new Set(["listing", "audit sink", "event stream"]);

type ReadinessDeps = Pick<HttpDeps, "db" | "clock" | "log" | "gate" | "loopsOf" | "isOpen">;
/** What decides who may read details. */
type DetailsDeps = Pick<
  HttpDeps,
  "db" | "settings" | "sessionRules" | "wallClock" | "keyGuard" | "metricsTokenHash"
>;

/** `/healthz`: the process is up. `/readyz`: it can do its work. `/metrics`: what it has done. */
export function mountHealth(
  api: Hono<HttpEnv>,
  deps: ReadinessDeps & DetailsDeps & Pick<HttpDeps, "metrics">,
): void {
  api.get("/healthz", (context) => context.json({ status: "ok" }));
  api.get("/readyz", async (context) => {
    const readiness = await readReadiness(deps);
    const status = readiness.status === "ready" ? 200 : 503;
    // A load balancer with an old key, or a database that cannot look a key up, must not change the
    // readiness.
    const mayRead = await mayReadDetails(deps, context, false).catch(() => false);
    return context.json(mayRead ? readiness : coarse(readiness), status);
  });
  api.get("/metrics", async (context) => {
    if (!(await mayReadDetails(deps, context, true))) throw new Problem("unauthenticated");
    const { contentType, text } = await deps.metrics.render();
    return context.body(text, 200, { "Content-Type": contentType });
  });
}

/**
 * METRICS_TOKEN as a bearer token, or an API key. Without METRICS_TOKEN also any caller on this machine, with
 * no proxy between.
 *
 * @param countsFailure whether a wrong token is counted as a guess
 * @throws Problem wrong_api_key or too_many_wrong_keys; the wrong key is counted
 */
async function mayReadDetails(
  deps: DetailsDeps,
  context: Context<HttpEnv>,
  countsFailure: boolean,
): Promise<boolean> {
  const { incoming } = context.env;
  const apiKey = context.req.header("x-api-key");
  if (apiKey !== undefined) {
    await findKeyHolder(deps, incoming, "metrics", apiKey);
    return true;
  }
  const bearer = /^Bearer +(\S+) *$/i.exec(context.req.header("authorization") ?? "")?.[1];
  if (deps.metricsTokenHash === null) return isDirect(incoming, deps.settings.publicUrl);
  if (bearer === undefined) return false;
  const isRight = isKeyOf(bearer, deps.metricsTokenHash);
  if (!isRight && countsFailure) deps.keyGuard.failed("metrics", incoming, bearer);
  return isRight;
}

/** The public part: whether the parts work, without causes. */
function coarse({ status, database, loops, meta }: Readiness): Record<string, unknown> {
  return {
    status,
    database,
    loops: loops.every(({ alive }) => alive) ? "ok" : "failing",
    meta: meta === null ? "unknown" : meta.incidents.length === 0 ? "ok" : "in_trouble",
  };
}

type Readiness = Awaited<ReturnType<typeof readReadiness>>;

async function readReadiness(deps: ReadinessDeps) {
  const proof = await readProof(deps);
  const loops = deps.loopsOf();
  const isWorking = loops.every((loop) => loop.alive || OTHERS_LOOPS.has(loop.name));
  const isReady = proof !== null && isWorking && deps.isOpen();
  return {
    status: isReady ? ("ready" as const) : ("not_ready" as const),
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
      // Reported, but no reason not to be ready: the last known state is kept, and messages flow by it.
      incidents: proof.incidents.map(renderIncident),
    },
  };
}

interface Proof {
  oldestAt: number | null;
  incidents: Incident[];
}

/** Sends the database a trivial query; null when it does not answer in time. */
async function readProof({ db, clock, log }: Pick<HttpDeps, "db" | "clock" | "log">): Promise<Proof | null> {
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

function countUnknown({ gate }: Pick<HttpDeps, "gate">): number {
  return gate
    .statusCounts()
    .filter((row) => row.status === "unknown")
    .reduce((total, row) => total + row.count, 0);
}
