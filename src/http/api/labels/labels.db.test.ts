import { afterAll, beforeAll, expect, test } from "vitest";
import { openHttpApp, type HttpApp } from "../../../../test/support/http-app.ts";
import labels from "../../../messages/en/labels.json" with { type: "json" };

let app: HttpApp;
beforeAll(async () => {
  app = await openHttpApp();
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
