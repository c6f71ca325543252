import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestApp, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";
import { EVENT_TYPES } from "../../../delivery/event-types.ts";

let app: TestApp;
let server: Server;
let status: number;
let received: { headers: Record<string, string>; body: string }[];

beforeAll(async () => {
  app = await createTestApp({ WEBHOOK_ALLOWED_NETWORKS: "127.0.0.1" });
  server = createServer(async (incoming, response) => {
    const body = (await incoming.toArray()).join("");
    received.push({ headers: incoming.headers as Record<string, string>, body });
    response.writeHead(status).end("noted");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await app.stop();
});
beforeEach(() => {
  status = 200;
  received = [];
});

const ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
  app.ask(method, `/api/v1${path}`, body);
const receiverUrl = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
const create = (body: object = {}): Promise<Answer> =>
  ask("POST", "/webhook-endpoints", { url: receiverUrl(), ...body });

test("an endpoint is created with a secret that is shown once, and a test shows what the receiver says", async () => {
  const { status: created, body } = await create({ description: "billing", headers: { "X-Team": "one" } });
  expect(created).toBe(201);
  expect(body).toMatchObject({ state: "enabled", header_names: ["X-Team"], public_key: null });
  const read = await ask("GET", `/webhook-endpoints/${body.id}`);
  expect(read.body).not.toHaveProperty("secret");
  expect(JSON.stringify(read.body)).not.toContain("one");
  const tested = await ask("POST", `/webhook-endpoints/${body.id}/test`, {});
  expect(tested.body).toMatchObject({ outcome: "delivered", status: 200 });
  const [{ headers, body: sent } = { headers: {}, body: "" }] = received;
  expect(headers["x-team"]).toBe("one");
  expect(new Webhook(body.secret).verify(sent, headers)).toMatchObject({ type: "webhook.test" });
  const log = await ask("GET", `/deliveries/${tested.body.delivery_id}`);
  expect(log.body).toMatchObject({
    ...{ state: "delivered", type: "webhook.test", event_id: null },
    attempts: [{ n: 1, status: 200, outcome: "delivered", answer_body: "noted" }],
  });
});

test("a failed test is told, logged, and not repeated", async () => {
  status = 503;
  const { body } = await create();
  const tested = await ask("POST", `/webhook-endpoints/${body.id}/test`, { type: "waba.share.lost" });
  expect(tested.body).toMatchObject({ outcome: "refused", status: 503 });
  const log = await ask("GET", `/deliveries/${tested.body.delivery_id}`);
  expect(log.body).toMatchObject({ state: "failed", next_attempt_at: null });
  expect((await ask("GET", `/webhook-endpoints/${body.id}`)).body.failing_since).toBeNull();
});

test.each([
  ["http://169.254.169.254/latest", "endpoint_address_not_allowed"],
  ["https://10.0.0.7/hook", "endpoint_address_not_allowed"],
  ["https://[::1]/hook", "endpoint_address_not_allowed"],
  ["https://user:pass@example.com/hook", "invalid_request"],
  ["https://example.com/hook#part", "invalid_request"],
  ["ftp://example.com/hook", "invalid_request"],
  ["example.com", "invalid_request"],
])("an endpoint at %s is refused: %s", async (url, code) => {
  expect((await create({ url })).body.code).toBe(code);
});

test("headers that are ours, or would break a request, are refused", async () => {
  for (const headers of [{ "webhook-id": "x" }, { Host: "x" }, { "x y": "z" }, { ok: "a\r\nb: c" }])
    expect((await create({ headers })).body.code).toBe("invalid_request");
});

test("a change with an old ETag is refused, and a paused endpoint says so", async () => {
  const { body } = await create();
  const { headers } = await ask("GET", `/webhook-endpoints/${body.id}`);
  const etag = { "X-API-Key": "sandbox-admin-key", "If-Match": headers.get("etag") ?? "" };
  const path = `/api/v1/webhook-endpoints/${body.id}`;
  const paused = await app.ask("PATCH", path, { state: "paused" }, etag);
  expect(paused.body).toMatchObject({ state: "paused" });
  expect((await app.ask("PATCH", path, { description: "late" }, etag)).body.code).toBe("changed_meanwhile");
  const changed = await ask("PATCH", `/webhook-endpoints/${body.id}`, {
    ...{ state: "enabled", event_types: ["waba.share.lost"], filter: { tags: ["vip"] } },
  });
  expect(changed.body).toMatchObject({
    ...{ state: "enabled", event_types: ["waba.share.lost"], filter: { client_ids: null, tags: ["vip"] } },
  });
});

test("a rotated secret signs beside the old one for the overlap", async () => {
  const { body } = await create();
  const rotated = await ask("POST", `/webhook-endpoints/${body.id}/rotate-secret`, { overlap_s: 60 });
  expect(rotated.body.previous_secret_until).not.toBeNull();
  await ask("POST", `/webhook-endpoints/${body.id}/test`, {});
  const [{ headers, body: sent } = { headers: {}, body: "" }] = received;
  for (const secret of [body.secret, rotated.body.secret])
    expect(new Webhook(secret).verify(sent, headers)).toMatchObject({ type: "webhook.test" });
  await ask("POST", `/webhook-endpoints/${body.id}/rotate-secret`, { overlap_s: 0 });
  await ask("POST", `/webhook-endpoints/${body.id}/test`, {});
  const last = received.at(-1) ?? { headers: {}, body: "" };
  expect(() => new Webhook(rotated.body.secret).verify(last.body, last.headers)).toThrow();
});

test("public keys of ed25519 endpoints are open to everybody", async () => {
  const { body } = await create({ algorithm: "ed25519" });
  expect(body).toMatchObject({ secret: null, public_key: expect.stringMatching(/^whpk_/) });
  const keys = await app.ask("GET", "/.well-known/webhook-keys", undefined, {});
  const key = keys.body.keys.find(({ kid }: { kid: string }) => kid === body.id);
  expect(Buffer.from(key.x, "base64url").toString("base64")).toBe(body.public_key.replace("whpk_", ""));
});

test("a delivery is sent again, and what failed or is missing is planned", async () => {
  const { body } = await create();
  status = 500;
  const tested = await ask("POST", `/webhook-endpoints/${body.id}/test`, {});
  const again = await ask("POST", `/deliveries/${tested.body.delivery_id}/resend`, {});
  expect(again.body).toMatchObject({ state: "pending", next_attempt_at: expect.any(String) });
  const since = new Date(0).toISOString();
  const recover = (only: string): Promise<Answer> =>
    ask("POST", `/webhook-endpoints/${body.id}/recover`, { since, only });
  expect((await recover("failed")).body).toEqual({ planned: 0 });
  const [row] = await app.database.db.query<{ count: number }>(
    "select count(*)::int as count from journal where seq <= (select journal_seq from webhook_cursor)",
  );
  expect((await recover("missing")).body.planned).toBe(row?.count);
  const list = await ask("GET", `/webhook-endpoints/${body.id}/deliveries?state=pending&limit=1`);
  expect(list.body.data).toHaveLength(1);
  await app.database.db.query("update webhook_endpoint set state = 'disabled' where id = $1", [body.id]);
  expect((await recover("failed")).body.code).toBe("endpoint_disabled");
  expect((await ask("DELETE", `/webhook-endpoints/${body.id}`)).status).toBe(204);
  expect((await ask("GET", `/deliveries/${tested.body.delivery_id}`)).body.code).toBe("delivery_not_found");
});

test("every type has a meaning, an example, and a schema that the document holds", async () => {
  const { body } = await ask("GET", "/event-types");
  expect(body.data.map(({ type }: { type: string }) => type)).toEqual(Object.keys(EVENT_TYPES));
  const { body: document } = await app.ask("GET", "/api/openapi.json");
  for (const { type, schema } of body.data) {
    const [address, pointer = ""] = schema.$ref.split("#/");
    expect(address).toBe("/api/openapi.json");
    const names = pointer.split("/").map((name: string) => name.replaceAll("~1", "/"));
    const found = names.reduce((within: Record<string, unknown>, name: string) => within[name], document);
    expect(found.properties.type.enum).toEqual([type]);
  }
  const lost = body.data.find(({ type }: { type: string }) => type === "waba.share.lost");
  expect(lost.example.data.waba).toMatchObject({
    status: "permission_removed",
    numbers: [{ can_send: false }],
  });
});

test("an endpoint that no key opens is listed, hides no other, and can be deleted", async () => {
  const { body } = await create({ algorithm: "ed25519" });
  const well = await create({ algorithm: "ed25519" });
  const sealed = Buffer.alloc(60);
  await app.database.db.query("update webhook_endpoint set sealed = $2 where id = $1", [body.id, sealed]);
  const list = await ask("GET", "/webhook-endpoints");
  const ids = list.body.data.map(({ id }: { id: string }) => id);
  expect(ids).toEqual(expect.arrayContaining([body.id, well.body.id]));
  const keys = await app.ask("GET", "/.well-known/webhook-keys", undefined, {});
  expect(JSON.stringify(keys.body)).toContain(well.body.id);
  expect((await ask("POST", `/webhook-endpoints/${body.id}/test`, {})).body.code).toBe("endpoint_unreadable");
  expect((await ask("DELETE", `/webhook-endpoints/${body.id}`)).status).toBe(204);
});
