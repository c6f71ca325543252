import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";
import labels from "../../../messages/en/labels.json" with { type: "json" };

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

test("the tables of labels, and 304 while they are the same", async () => {
  const first = await app.ask("GET", "/api/v1/labels");
  expect([first.status, first.body]).toEqual([200, labels]);
  const key = { "X-API-Key": "sandbox-admin-key", "If-None-Match": first.headers.get("etag") ?? "" };
  const again = await app.ask("GET", "/api/v1/labels", undefined, key);
  expect([again.status, again.headers.get("cache-control")]).toEqual([304, "private, no-cache"]);
  expect((await app.ask("GET", "/api/v1/labels", undefined, {})).status).toBe(401);
});
