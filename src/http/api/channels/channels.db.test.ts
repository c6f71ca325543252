import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestApp, type Answer, type TestApp } from "../../../../test/support/create-test-app.ts";

const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

let app: TestApp;
let server: Server;
let answer: { status: number; body: string };
let received: { url: string; headers: Record<string, string>; body: string }[];

beforeAll(async () => {
  app = await createTestApp({ WEBHOOK_ALLOWED_NETWORKS: "127.0.0.1" });
  server = createServer(async (incoming, response) => {
    const body = (await incoming.toArray()).join("");
    received.push({ url: incoming.url ?? "", headers: incoming.headers as Record<string, string>, body });
    response.writeHead(answer.status).end(answer.body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await app.stop();
});
beforeEach(() => {
  answer = { status: 200, body: "ok" };
  received = [];
});

const ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
  app.ask(method, `/api/v1${path}`, body);
const hook = (path = "/services/T0001/B0001/notToBeShown4fQz"): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
const create = (type: string, settings: object, name = "On call"): Promise<Answer> =>
  ask("POST", "/channels", { name, type, settings });
const slack = (): Promise<Answer> => create("slack", { url: hook() });

test("a channel of Slack is created, shown without its address, and its test says what Slack answered", async () => {
  const { status, body } = await slack();
  expect(status).toBe(201);
  expect(body).toMatchObject({ name: "On call", type: "slack", state: "enabled", secrets: ["url"] });
  expect(body.address).toMatch(/^127\.0\.0\.1:\d+, …4fQz$/);
  const list = await ask("GET", "/channels");
  expect(JSON.stringify([body, list.body])).not.toContain("notToBeShown");
  const tested = await ask("POST", `/channels/${body.id}/test`);
  expect(tested.body).toEqual({
    outcome: "sent",
    detail: "Slack took the message.",
    took_ms: expect.any(Number),
  });
  expect(received).toMatchObject([{ url: "/services/T0001/B0001/notToBeShown4fQz" }]);
  expect(JSON.parse(received[0]?.body ?? "")).toMatchObject({ text: "🔵 Test: this channel works" });
});

test("a test of a webhook that is gone says so, and what to do", async () => {
  answer = { status: 404, body: "no_service" };
  const { body } = await slack();
  const tested = await ask("POST", `/channels/${body.id}/test`);
  expect(tested.body).toMatchObject({
    outcome: "refused",
    detail:
      "Slack answered 404: no_service. This address or key is no longer valid: make a new one there and enter it here.",
  });
  // A test is no alert that did not arrive.
  expect((await ask("GET", `/channels/${body.id}`)).body.failing_since).toBeNull();
});

test("a webhook gets a signed body", async () => {
  const { body } = await create("webhook", { url: hook("/alerts?key=of-the-receiver"), secret: SECRET });
  expect(JSON.stringify(body)).not.toContain(SECRET.slice(6, 20));
  expect(body.secrets).toEqual(["url", "secret"]);
  expect((await ask("POST", `/channels/${body.id}/test`)).body.outcome).toBe("sent");
  const [{ headers, body: sent } = { headers: {}, body: "" }] = received;
  expect(new Webhook(SECRET).verify(sent, headers)).toMatchObject({
    type: "alert.test",
    data: { rule: "test" },
  });
});

test("a channel of mails shows its addresses; without a mail server its test names the setting", async () => {
  const to = ["anna@example.com", "bo@example.com"];
  const { body } = await create("email", { to });
  expect(body).toMatchObject({ type: "email", address: to.join(", "), secrets: [] });
  const tested = await ask("POST", `/channels/${body.id}/test`);
  expect(tested.body).toMatchObject({ outcome: "refused", detail: expect.stringContaining("SMTP_URL") });
});

test.each([
  ["email", { to: [] }, "invalid_request"],
  ["email", { to: ["nobody"] }, "invalid_request"],
  ["email", { to: ["anna@example.com", "anna@example.com"] }, "invalid_request"],
  ["email", { to: ["Anna <anna@example.com>"] }, "invalid_request"],
  ["slack", { url: "https://169.254.169.254/latest" }, "channel_address_not_allowed"],
  ["alertmanager", { url: "http://10.0.0.7:9093" }, "channel_address_not_allowed"],
  ["slack", { url: "ftp://example.com/" }, "invalid_request"],
  ["slack", { url: "https://user:password@hooks.slack.com/services/x" }, "invalid_request"],
  ["slack", {}, "invalid_request"],
  ["slack", { url: "https://hooks.slack.com/services/x", to: "us" }, "invalid_request"],
  ["webhook", { url: "https://example.com/", secret: "whsec_short" }, "invalid_request"],
  ["pagerduty", { routing_key: "short" }, "invalid_request"],
  ["pagerduty", { routing_key: "0".repeat(32), region: "asia" }, "invalid_request"],
  ["alertmanager", { url: "https://example.com", username: "us" }, "invalid_request"],
  [
    "alertmanager",
    { url: "https://example.com", username: "us", password: "p", bearer_token: "t" },
    "invalid_request",
  ],
  ["fax", { number: "1" }, "invalid_request"],
])("a channel of %s with %j is refused: %s", async (type, settings, code) => {
  const { status, body } = await create(type, settings);
  expect([status, body.code]).toEqual([400, code]);
});

test("the refusal of a private address names the setting that allows it", async () => {
  const { body } = await create("alertmanager", { url: "http://10.0.0.7:9093" });
  expect(body.detail).toContain("WEBHOOK_ALLOWED_NETWORKS");
});

test("a change keeps what is left out, replaces the settings as a whole, and minds the ETag", async () => {
  const { body } = await create("alertmanager", { url: hook("/am"), bearer_token: "of-alertmanager" });
  const path = `/channels/${body.id}`;
  const { headers } = await ask("GET", path);
  const etag = { "X-API-Key": "sandbox-admin-key", "If-Match": headers.get("etag") ?? "" };
  const paused = await app.ask("PATCH", `/api/v1${path}`, { state: "paused", name: "Prometheus" }, etag);
  expect(paused.body).toMatchObject({ state: "paused", name: "Prometheus", secrets: ["bearer_token"] });
  expect((await app.ask("PATCH", `/api/v1${path}`, { name: "late" }, etag)).body.code).toBe(
    "changed_meanwhile",
  );
  const moved = await ask("PATCH", path, { settings: { url: hook("/other") } });
  expect(moved.body).toMatchObject({ secrets: [], address: hook("/other") });
  await ask("POST", `${path}/test`);
  expect(received).toMatchObject([{ url: "/other/api/v2/alerts" }]);
  expect(received[0]?.headers).not.toHaveProperty("authorization");
});

test("settings of a change are those of the type", async () => {
  const { body } = await slack();
  const wrong = await ask("PATCH", `/channels/${body.id}`, { settings: { routing_key: "0".repeat(32) } });
  expect([wrong.body.code, wrong.body.detail]).toEqual(["invalid_request", expect.stringContaining("url")]);
  const inside = await ask("PATCH", `/channels/${body.id}`, { settings: { url: "https://10.0.0.1/" } });
  expect(inside.body.code).toBe("channel_address_not_allowed");
});

test("a channel that routes send to is not deleted, and the refusal names them", async () => {
  const { body } = await slack();
  const route = (id: string, name: string, channels: string[], escalate: string[]): Promise<unknown> =>
    app.database.db.query(
      `insert into alert_route (id, name, position, match, channel_ids, escalate_to, created_at, created_by)
       values ($1, $2, 1, '{}', $3, $4, now(), 'test')`,
      [id, name, channels, escalate],
    );
  await route("rte_one", "Losses", [body.id], []);
  await route("rte_two", "Nights", [], [body.id]);
  const refused = await ask("DELETE", `/channels/${body.id}`);
  expect([refused.status, refused.body.code]).toEqual([409, "channel_in_use"]);
  expect(refused.body.detail).toContain("Losses, Nights");
  await app.database.db.query("delete from alert_route");
  expect((await ask("DELETE", `/channels/${body.id}`)).status).toBe(204);
  expect((await ask("POST", `/channels/${body.id}/test`)).body.code).toBe("channel_not_found");
});

test("a channel that no key opens says so, and can be renamed, entered anew and deleted", async () => {
  const { body } = await slack();
  const path = `/channels/${body.id}`;
  await app.database.db.query("update alert_channel set sealed = '\\x00' where id = $1", [body.id]);
  expect((await ask("GET", path)).body).toMatchObject({ address: null, secrets: [] });
  const tested = await ask("POST", `${path}/test`);
  expect(tested.body).toMatchObject({ outcome: "refused", detail: expect.stringContaining("No key opens") });
  expect((await ask("PATCH", path, { name: "Lost" })).body).toMatchObject({ name: "Lost", address: null });
  const again = await ask("PATCH", path, { settings: { url: hook() } });
  expect(again.body.address).toMatch(/4fQz$/);
  expect((await ask("DELETE", path)).status).toBe(204);
});

test("the audit and the log hold no address and no key", async () => {
  const { body } = await slack();
  await ask("PATCH", `/channels/${body.id}`, { settings: { url: hook("/services/T0002/alsoNotToBeShown") } });
  await ask("POST", `/channels/${body.id}/test`);
  await ask("DELETE", `/channels/${body.id}`);
  const lines = await app.database.db.query<{ action: string }>(
    "select * from audit where target_id = $1 order by id",
    [body.id],
  );
  expect(lines.map(({ action }) => action)).toEqual([
    ...["alert_channel.created", "alert_channel.updated", "alert_channel.tested", "alert_channel.deleted"],
  ]);
  const logged = JSON.stringify(lines) + app.logged();
  for (const secret of ["notToBeShown", "alsoNotToBeShown"]) expect(logged).not.toContain(secret);
});

test("others than administrators read channels at most", async () => {
  const { body } = await slack();
  expect((await app.ask("GET", "/api/v1/channels", undefined, {})).status).toBe(401);
  const keyOf = async (role: string): Promise<Record<string, string>> => {
    const made = await ask("POST", "/api-keys", { name: role, role });
    return { "X-API-Key": made.body.key };
  };
  const [viewer, operator] = [await keyOf("viewer"), await keyOf("operator")];
  const statusOf = async (by: Record<string, string>, method: string, path: string): Promise<number> =>
    (await app.ask(method, `/api/v1/channels${path}`, method === "POST" ? {} : undefined, by)).status;
  expect(await statusOf(viewer, "GET", "")).toBe(403);
  expect(await statusOf(operator, "GET", "")).toBe(200);
  expect(await statusOf(operator, "POST", `/${body.id}/test`)).toBe(403);
  expect(await statusOf(operator, "DELETE", `/${body.id}`)).toBe(403);
});
