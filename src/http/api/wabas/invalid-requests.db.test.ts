import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../../test/support/create-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

describe("invalid requests", () => {
  test.each<[string, string, unknown, Record<string, string>, number, string, RegExp]>([
    ["GET", "/api/v1/wabas?colour=red", undefined, {}, 400, "invalid_request", /colour/],
    ["GET", "/api/v1/wabas?limit=101", undefined, {}, 400, "invalid_request", /limit/],
    ["GET", "/api/v1/wabas?limit=x", undefined, {}, 400, "invalid_request", /limit/],
    ["GET", "/api/v1/wabas?status=live,purple", undefined, {}, 400, "invalid_request", /status/],
    ["GET", "/api/v1/wabas?q=a&q=b", undefined, {}, 400, "invalid_request", /q is given twice/],
    ["GET", "/api/v1/wabas?cursor=bm9uc2Vuc2U", undefined, {}, 400, "invalid_cursor", /next_cursor/],
    ["GET", "/api/v1/wabas/1;drop", undefined, {}, 400, "invalid_request", /waba_id/],
    ["GET", "/api/v1/wabas/999999999999999", undefined, {}, 404, "waba_not_found", /999999999999999/],
    ["GET", "/api/v1/numbers/num_nope", undefined, {}, 404, "number_not_found", /num_nope/],
    ["GET", "/api/v1/overview?x=1", undefined, {}, 400, "invalid_request", /x/],
    ["GET", "/api/v1/events?after=abc", undefined, {}, 400, "invalid_cursor", /./],
    ["POST", "/api/v1/can-send", { numbers: [], extra: 1 }, {}, 400, "invalid_request", /extra/],
    ["POST", "/api/v1/can-send", "{not json", {}, 400, "malformed_body", /JSON/],
    [
      "POST",
      "/api/v1/can-send",
      "numbers=1",
      { "Content-Type": "text/plain" },
      415,
      "unsupported_media_type",
      /json/,
    ],
    [
      "POST",
      "/api/v1/can-send",
      `{"numbers":["${"x".repeat(1_100_000)}"]}`,
      {},
      413,
      "body_too_large",
      /1 MB/,
    ],
    ["GET", "/api/v1/nowhere", undefined, {}, 404, "not_found", /nowhere/],
    ["DELETE", "/api/v1/wabas", undefined, {}, 405, "method_not_allowed", /GET/],
  ])("%s %s", async (method, path, body, headers, status, code, detail) => {
    const answer = await app.ask(method, path, body, { "X-API-Key": "sandbox-admin-key", ...headers });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.detail).toMatch(detail);
    expect(answer.body).toMatchObject({
      type: `/problems/${code}`,
      status,
      title: expect.any(String),
      who_must_act: expect.any(String),
    });
  });

  test("405 names what is allowed", async () => {
    expect((await app.ask("DELETE", "/api/v1/wabas")).headers.get("allow")).toBe("GET");
  });

  test("a request id is kept when it is a plain word", async () => {
    const key = { "X-API-Key": "sandbox-admin-key" };
    const sane = await app.ask("GET", "/api/v1/about", undefined, { ...key, "X-Request-Id": "trace-123" });
    expect(sane.headers.get("request-id")).toBe("trace-123");
    const odd = await app.ask("GET", "/api/v1/about", undefined, { ...key, "X-Request-Id": "a b<script>" });
    expect(odd.headers.get("request-id")).toMatch(/^req_[0-9a-f]{24}$/);
    expect(Date.parse(sane.headers.get("sharekeeper-time") ?? "")).not.toBeNaN();
    expect(sane.headers.get("cache-control")).toBe("no-store");
  });
});

describe("input that is unusual", () => {
  test("an empty value in the query counts as none", async () => {
    const all = await app.ask("GET", "/api/v1/wabas");
    const same = await app.ask("GET", "/api/v1/wabas?q=&status=&reason=&kind=&client_id=&limit=&cursor=");
    expect(same.body.data.length).toBe(all.body.data.length);
    expect((await app.ask("GET", "/api/v1/events?after=&limit=1")).status).toBe(200);
  });

  test("every list takes limit and cursor", async () => {
    for (const path of ["/wabas", "/wabas/100000000000001/timeline", "/events", "/clients", "/connections"]) {
      const page = await app.ask("GET", `/api/v1${path}?limit=1`);
      expect([path, page.status, page.body.data.length]).toEqual([path, 200, 1]);
      if (page.body.has_more)
        expect((await app.ask("GET", `/api/v1${path}?limit=1&cursor=${page.body.next_cursor}`)).status).toBe(
          200,
        );
    }
  });

  test("a text with the character NUL is the caller's mistake, not ours", async () => {
    for (const path of ["/wabas?q=%00", "/numbers/%00", "/clients/%00"]) {
      const answer = await app.ask("GET", `/api/v1${path}`);
      expect(answer.status).toBeLessThan(500);
    }
    const made = await app.ask("POST", "/api/v1/numbers/200000000000001/keys", { label: "a\0b" });
    expect([made.status, made.body.code]).toEqual([400, "invalid_request"]);
  });
});
