import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../test/support/create-test-app.ts";
import { systemRandom } from "../lib/random.ts";
import { insertEndpoint } from "./endpoint-store.ts";
import type { Endpoint } from "./endpoint.ts";
import { planNotices } from "./plan-notices.ts";
import { newSecret } from "./webhook-signature.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

async function endpoint(id: string, wish: Partial<Endpoint> = {}): Promise<void> {
  const made: Endpoint = {
    ...{ id, url: "https://receiver.example/", description: "", eventTypes: null, clientIds: null },
    ...{ tags: null, algorithm: "hmac-sha256", state: "enabled", disabledWhy: null, failingSince: null },
    ...{ version: 1, createdAt: 0, createdBy: "test", ...wish },
  };
  const current = newSecret("hmac-sha256", systemRandom);
  const secrets = { current, previous: null, previousUntil: null, headers: {} };
  await insertEndpoint(app.database.db, app.deps.keyring, made, secrets);
}

test("a notice goes to endpoints that take its type and are of no client or tag, each with its own id", async () => {
  await endpoint("whe_all");
  await endpoint("whe_named", { eventTypes: ["provider.incident.opened"] });
  await endpoint("whe_paused", { state: "paused" });
  await endpoint("whe_other", { eventTypes: ["waba.share.lost"] });
  await endpoint("whe_client", { clientIds: ["cli_1"] });
  await endpoint("whe_tag", { tags: ["vip"] });
  await endpoint("whe_disabled", { state: "disabled" });
  await endpoint("whe_itself");
  const notice = { type: "provider.incident.opened", data: { incident: { id: "inc_1" } } } as const;
  const { db } = app.database;
  await db.transaction((tx) => planNotices(tx, app.deps, [{ ...notice, exceptId: "whe_itself" }]));
  const cut = db.transaction(async (tx) => {
    await planNotices(tx, app.deps, [notice]);
    throw new Error("the database was cut");
  });
  await expect(cut).rejects.toThrow("cut");
  const rows = await db.query<{ id: string; endpoint_id: string; payload: unknown; state: string }>(
    "select id, endpoint_id, payload, state from webhook_delivery order by endpoint_id",
  );
  expect(rows.map(({ endpoint_id }) => endpoint_id)).toEqual(["whe_all", "whe_named", "whe_paused"]);
  for (const { id, payload, state } of rows) {
    expect(state).toBe("pending");
    expect(payload).toMatchObject({ type: notice.type, data: { id, ...notice.data } });
  }
});
