import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";
import { until } from "../../../../test/support/until.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

// No loop runs here: the rotation stands where the call has left it.
test("a rotation is begun once, has a line in the audit, and is followed by the same answer", async () => {
  const before = await app.ask("GET", "/api/v1/data-keys");
  expect(before.body).toMatchObject({
    data_keys: [{ state: "current", wrapped_with: "encryption_key", resealed_at: null }],
    rotation: { state: "idle", rows_left: 0, waits_for: [] },
  });
  const begun = await app.ask("POST", "/api/v1/data-keys/rotate", {});
  expect(begun.status).toBe(200);
  expect(begun.body.data_keys.map(({ state }: { state: string }) => state)).toEqual(["current", "new"]);
  expect(begun.body.rotation.state).toBe("waiting");
  const again = await app.ask("POST", "/api/v1/data-keys/rotate", {});
  expect(again.body.data_keys).toEqual(begun.body.data_keys);
  await until("this instance knows the new key", async () => {
    const { body } = await app.ask("GET", "/api/v1/data-keys");
    return body.rotation.waits_for.length === 0 || undefined;
  });
  const lines = await app.ask("GET", "/api/v1/audit?action=data_key.rotated");
  expect(lines.body.data.at(-1)).toMatchObject({
    outcome: "done",
    target: { type: "data_key", id: begun.body.data_keys[1].id },
  });
  expect(JSON.stringify(begun.body)).not.toMatch(/"wrapped"/);
});
