import type { Logger } from "pino";
import type { Database, Tx } from "../database/database.ts";
import type { Clock } from "../lib/clock.ts";
import type { Random } from "../lib/random.ts";
import { saveAttempts, type Delivery, type Settled } from "./delivery-store.ts";
import { addressOf, type Endpoint } from "./endpoint.ts";
import {
  disableEndpoint,
  findEndpoint,
  lockEndpoints,
  saveFailing,
  saveRecovered,
  saveWarned,
  type LockedEndpoint,
} from "./endpoint-store.ts";
import type { Outcome } from "./judge-answer.ts";
import { endpointDataOf, type EndpointNotice } from "./notice.ts";
import type { Attempt } from "./open-webhook-wire.ts";
import { planNotices } from "./plan-notices.ts";
import { DISABLED_AFTER_MS, OUR_FAULT_WAIT_MS, waitAfter, warningOf } from "./retry-plan.ts";

export interface RecordAttemptsDeps {
  db: Database;
  clock: Clock;
  random: Random;
  log: Logger;
  /** Called with what was recorded, for the metrics. */
  onAttempts?(attempts: readonly CountedAttempt[]): void;
}

/** `delayMs`: from the event to its delivery; null: it was not delivered. */
export interface CountedAttempt {
  outcome: Outcome;
  delayMs: number | null;
}

/** An attempt of a delivery. */
export interface Attempted {
  delivery: Delivery;
  attempt: Attempt;
}

/**
 * Logs attempts, plans the next ones, and keeps how the endpoints fare. Who only fails is warned of at 50, 70
 * and 90 per cent of five days, and then disabled; a fault of ours counts against nobody.
 */
export async function recordAttempts(
  deps: RecordAttemptsDeps,
  attempted: readonly Attempted[],
): Promise<void> {
  const notices = await deps.db.transaction(async (tx) => {
    // Endpoints before deliveries, as everybody who changes both does.
    const locked = await lockEndpoints(tx, [
      ...new Set(attempted.map(({ delivery }) => delivery.endpointId)),
    ]);
    await saveAttempts(
      tx,
      attempted.map((one) => {
        const settled = settledOf(one, deps);
        const isOver =
          locked.get(one.delivery.endpointId)?.state === "disabled" && settled.state === "pending";
        return isOver ? { ...settled, state: "failed", nextAttemptAt: null } : settled;
      }),
    );
    const found = [
      ...(await recordDisabled(tx, deps, attempted)),
      ...(await recordHealth(tx, deps, attempted, locked)),
    ];
    const notices = found.map(({ type, endpoint, percent }) => {
      return { type, data: endpointDataOf(endpoint, percent), exceptId: endpoint.id };
    });
    await planNotices(tx, deps, notices);
    return found;
  });
  deps.onAttempts?.(attempted.map(countedOf));
  for (const { type, endpoint, percent } of notices)
    deps.log.warn({ endpoint: endpoint.id, url: addressOf(endpoint), percent }, LOGGED[type]);
}

function countedOf({ delivery, attempt: { outcome, at, tookMs } }: Attempted): CountedAttempt {
  const delayMs = outcome === "delivered" ? Math.max(0, at + tookMs - delivery.createdAt) : null;
  return { outcome, delayMs };
}

/** Logs an attempt that somebody asked for to try the endpoint. Only its success counts. */
export async function recordTest(
  { db }: Pick<RecordAttemptsDeps, "db">,
  { delivery, attempt }: Attempted,
): Promise<void> {
  const state = attempt.outcome === "delivered" ? "delivered" : "failed";
  const attemptCount = state === "failed" ? 1 : 0;
  await db.transaction(async (tx) => {
    await lockEndpoints(tx, [delivery.endpointId]);
    await saveAttempts(tx, [{ delivery, attempt, state, attemptCount, nextAttemptAt: null }]);
    if (state === "delivered") await saveRecovered(tx, [delivery.endpointId]);
  });
}

const LOGGED: Record<EndpointNotice, string> = {
  "endpoint.failing": "a webhook endpoint only fails",
  "endpoint.disabled": "a webhook endpoint was disabled",
  "endpoint.recovered": "a webhook endpoint takes deliveries again",
};

function settledOf(
  { delivery, attempt }: Attempted,
  { clock, random }: Pick<RecordAttemptsDeps, "clock" | "random">,
): Settled {
  const now = clock.now();
  if (attempt.outcome === "delivered")
    return {
      delivery,
      attempt,
      state: "delivered",
      attemptCount: delivery.attemptCount,
      nextAttemptAt: null,
    };
  if (attempt.outcome === "our_fault" && attempt.control === "none") {
    const nextAttemptAt = now + OUR_FAULT_WAIT_MS;
    return { delivery, attempt, state: "pending", attemptCount: delivery.attemptCount, nextAttemptAt };
  }
  const attemptCount = delivery.attemptCount + 1;
  const isLast = attempt.control !== "none" || attempt.outcome === "gone";
  const chance = random.bytes(4).readUInt32LE() / 2 ** 32;
  const wait = isLast ? null : waitAfter(attemptCount, chance, attempt.wishMs);
  return wait === null
    ? { delivery, attempt, state: "failed", attemptCount, nextAttemptAt: null }
    : { delivery, attempt, state: "pending", attemptCount, nextAttemptAt: now + wait };
}

interface Noticed {
  type: EndpointNotice;
  endpoint: Endpoint;
  percent: number;
}

/** 410, or the wish of the receiver. */
async function recordDisabled(
  tx: Tx,
  deps: Pick<RecordAttemptsDeps, "clock">,
  attempted: readonly Attempted[],
): Promise<Noticed[]> {
  const notices: Noticed[] = [];
  for (const { delivery, attempt } of attempted) {
    const why = attempt.control === "disable" ? "asked" : attempt.outcome === "gone" ? "gone" : undefined;
    if (why === undefined || !(await disableEndpoint(tx, delivery.endpointId, why, deps.clock.now())))
      continue;
    notices.push(...(await noticed(tx, delivery.endpointId, "endpoint.disabled", 100)));
  }
  return notices;
}

async function recordHealth(
  tx: Tx,
  { clock }: Pick<RecordAttemptsDeps, "clock">,
  attempted: readonly Attempted[],
  locked: ReadonlyMap<string, LockedEndpoint>,
): Promise<Noticed[]> {
  const now = clock.now();
  const idsOf = (counts: (attempt: Attempt) => boolean): string[] => [
    ...new Set(attempted.filter(({ attempt }) => counts(attempt)).map(({ delivery }) => delivery.endpointId)),
  ];
  const fine = idsOf(({ outcome }) => outcome === "delivered");
  const failing = idsOf(({ outcome }) => outcome !== "delivered" && outcome !== "our_fault");
  const notices: Noticed[] = [];
  const recovered = fine.filter((id) => locked.get(id)?.isFailing === true);
  for (const id of await saveRecovered(tx, recovered))
    notices.push(...(await noticed(tx, id, "endpoint.recovered", 0)));
  const onlyFailing = failing.filter((id) => !fine.includes(id));
  for (const { id, failingSince, warnedPercent } of await saveFailing(tx, onlyFailing, now)) {
    const failingMs = now - failingSince;
    const percent = warningOf(failingMs);
    if (failingMs >= DISABLED_AFTER_MS) {
      await disableEndpoint(tx, id, "failing", now);
      notices.push(...(await noticed(tx, id, "endpoint.disabled", 100)));
    } else if (percent > warnedPercent) {
      await saveWarned(tx, id, percent);
      notices.push(...(await noticed(tx, id, "endpoint.failing", percent)));
    }
  }
  return notices;
}

async function noticed(tx: Tx, id: string, type: EndpointNotice, percent: number): Promise<Noticed[]> {
  const endpoint = await findEndpoint(tx, id);
  return endpoint === undefined ? [] : [{ type, endpoint, percent }];
}
