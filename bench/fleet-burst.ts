/**
 * A burst of announced removals: the time from a received webhook until every instance has closed the gate.
 */
import { createHmac } from "node:crypto";
import { systemClock } from "../src/lib/clock.ts";
import { clientIndexOf, fleetIdOf } from "../test/support/fleet-seed.ts";
import { until } from "../test/support/until.ts";
import type { Usage } from "./fleet-child.ts";
import { at, seconds, type Report } from "./fleet-figures.ts";
import { post, SECRET, type Process } from "./fleet-world.ts";

const PARTNER = "734443296905665";
const now = (): number => performance.timeOrigin + performance.now();

/**
 * Which WABAs are removed, by their index in the fleet, and how long that takes from the first to the last.
 */
export interface Burst {
  indexes: readonly number[];
  durationMs: number;
}

/** Removals spread evenly over the time and over the instances. */
export async function measureBurst(
  instances: readonly Process[],
  meta: Process,
  burst: Burst,
  report: Report,
): Promise<void> {
  const { indexes, durationMs } = burst;
  const phoneNumberIds = indexes.map((index) => fleetIdOf("20", index));
  for (const app of instances) await app.ask({ what: "watch", phoneNumberIds, decision: "closed" });
  const before = await Promise.all(instances.map((app) => app.ask<Usage>({ what: "usage" })));
  const announcedAt = await announceAll(instances, meta, burst);
  const closed = await seenEverywhere(instances, indexes.length);
  const after = await Promise.all(instances.map((app) => app.ask<Usage>({ what: "usage" })));
  const label = instances.length === 1 ? "burst, one instance" : "burst, two instances";
  const latencies = [...announcedAt].map(
    ([id, sentAt]) => Math.max(...closed.map((seen) => seen.get(id) ?? Infinity)) - sentAt,
  );
  report(
    `${label}: removals`,
    `${indexes.length} in ${seconds(durationMs)} s, closed ${latencies.filter(Number.isFinite).length}`,
  );
  report(
    `${label}: webhook -> gate closed everywhere, p50 / p99 ms`,
    `${at(latencies, 0.5)} / ${at(latencies, 0.99)}`,
  );
  const cpu = after.map((usage, index) => ((usage.cpuMs - (before[index]?.cpuMs ?? 0)) / 1000).toFixed(1));
  report(`${label}: CPU s`, cpu.join(" + "));
}

/** @returns when each webhook was sent, by the number whose gate it is to close */
async function announceAll(
  instances: readonly Process[],
  meta: Process,
  { indexes, durationMs }: Burst,
): Promise<Map<string, number>> {
  const announcedAt = new Map<string, number>();
  const begunAt = now();
  const under: Promise<void>[] = [];
  for (const [nth, index] of indexes.entries()) {
    const early = begunAt + (nth * durationMs) / indexes.length - now();
    if (early > 1) await systemClock.pause(early);
    under.push(announce(instances[nth % instances.length] as Process, meta, index, announcedAt));
  }
  await Promise.all(under);
  return announcedAt;
}

/** The client removes us at Meta, and Meta's webhook arrives at an instance. */
async function announce(
  app: Process,
  meta: Process,
  index: number,
  announcedAt: Map<string, number>,
): Promise<void> {
  const wabaId = fleetIdOf("10", index);
  await post(meta.pool, "/_emulator/actions", { action: "partner.remove", waba_id: wabaId, silent: true });
  announcedAt.set(fleetIdOf("20", index), now());
  await sendWebhook(app, index, "PARTNER_REMOVED");
}

async function sendWebhook(
  app: Process,
  index: number,
  event: "PARTNER_REMOVED" | "PARTNER_ADDED",
): Promise<void> {
  const value = {
    event,
    waba_info: {
      waba_id: fleetIdOf("10", index),
      owner_business_id: fleetIdOf("51", clientIndexOf(index)),
    },
  };
  const time = Math.floor(systemClock.now() / 1000);
  const changes = [{ field: "account_update", value }];
  const body = JSON.stringify({
    object: "whatsapp_business_account",
    entry: [{ id: PARTNER, time, changes }],
  });
  const signature = createHmac("sha256", SECRET).update(body).digest("hex");
  await post(app.pool, "/webhooks/meta", body, { "X-Hub-Signature-256": `sha256=${signature}` });
}

/** The clients share again, all at once: how long until a proof has opened the gate of the last of them. */
export async function measureReturn(
  instances: readonly Process[],
  meta: Process,
  { indexes }: Burst,
  report: Report,
): Promise<void> {
  const phoneNumberIds = indexes.map((index) => fleetIdOf("20", index));
  for (const app of instances) await app.ask({ what: "watch", phoneNumberIds, decision: "open" });
  const from = now();
  for (const [nth, index] of indexes.entries()) {
    const waba_id = fleetIdOf("10", index);
    await post(meta.pool, "/_emulator/actions", { action: "partner.assign", waba_id, silent: true });
    await sendWebhook(instances[nth % instances.length] as Process, index, "PARTNER_ADDED");
  }
  const opened = await seenEverywhere(instances, indexes.length);
  const last = Math.max(...opened.flatMap((seen) => [...seen.values()]));
  const count = Math.min(...opened.map((seen) => seen.size));
  report(
    `shared again: gates opened everywhere, s`,
    `${count} of ${indexes.length} in ${seconds(last - from)}`,
  );
}

/** When each instance saw each watched gate as it was to be. */
async function seenEverywhere(
  instances: readonly Process[],
  expected: number,
): Promise<Map<string, number>[]> {
  const seen = async (): Promise<Map<string, number>[]> =>
    Promise.all(instances.map(async (app) => new Map(await app.ask<[string, number][]>({ what: "seen" }))));
  const isOver = async (): Promise<true | undefined> =>
    (await seen()).every((gates) => gates.size >= expected) ? true : undefined;
  await until("every gate is as it was to be", isOver, 600_000).catch(() => undefined);
  return seen();
}
