import { Registry } from "prom-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../test/support/create-test-app.ts";
import { registerDeliveryMetrics } from "./register-delivery-metrics.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

test("the metrics of deliveries name states and outcomes, and no endpoint", async () => {
  const { db } = app.database;
  const ids: string[] = [];
  for (const description of ["well", "failing", "paused"]) {
    const made = { url: "https://receiver.example/", description };
    ids.push((await app.ask("POST", "/api/v1/webhook-endpoints", made)).body.id);
  }
  const [well, failing, paused] = ids;
  await db.query("update webhook_endpoint set failing_since = now() where id = $1", [failing]);
  await app.ask("PATCH", `/api/v1/webhook-endpoints/${paused}`, { state: "paused" });
  const now = app.deps.clock.now();
  const insert = (id: string, endpointId: string | undefined, ageS: number): Promise<unknown> =>
    db.query(
      `insert into webhook_delivery (id, endpoint_id, payload, type, created_at, state, next_attempt_at)
       values ($1, $2, '{}', 'webhook.test', $3, 'pending', $3)`,
      [id, endpointId, new Date(now - ageS * 1000)],
    );
  await insert("msg_1", well, 60);
  await insert("msg_2", failing, 90);
  await insert("msg_3", paused, 7200);
  const registry = new Registry();
  const metrics = registerDeliveryMetrics(registry, { db, clock: { ...app.deps.clock, now: () => now } });
  metrics.countAttempts([
    { outcome: "delivered", delayMs: 700 },
    { outcome: "timeout", delayMs: null },
  ]);
  await metrics.read();
  const lines = (await registry.metrics()).split("\n");
  for (const line of [
    'sharekeeper_delivery_attempts_total{outcome="delivered"} 1',
    'sharekeeper_delivery_attempts_total{outcome="timeout"} 1',
    'sharekeeper_delivery_delay_seconds_bucket{le="1"} 1',
    'sharekeeper_delivery_delay_seconds_bucket{le="0.5"} 0',
    'sharekeeper_deliveries_pending{endpoint_state="enabled"} 2',
    'sharekeeper_deliveries_pending{endpoint_state="paused"} 1',
    'sharekeeper_oldest_pending_delivery_age_seconds{endpoint_state="enabled"} 90',
    'sharekeeper_oldest_pending_delivery_age_seconds{endpoint_state="paused"} 7200',
    'sharekeeper_webhook_endpoints{state="enabled"} 1',
    'sharekeeper_webhook_endpoints{state="failing"} 1',
    'sharekeeper_webhook_endpoints{state="paused"} 1',
    'sharekeeper_webhook_endpoints{state="disabled"} 0',
  ])
    expect(lines).toContain(line);
  expect(lines.join()).not.toMatch(/whe_|receiver/);
  expect((await (await fetch(`${app.url}/metrics`)).text()).split("\n")).toContain(
    'sharekeeper_deliveries_pending{endpoint_state="paused"} 1',
  );
});
