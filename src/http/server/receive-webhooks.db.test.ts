import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../test/support/create-test-app.ts";

const PREVIOUS = "the secret before this one";
let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ META_APP_SECRET_PREVIOUS: PREVIOUS });
});
afterAll(() => app.stop());

const NOTICE = '{"object":"whatsapp_business_account","entry":[{"id":"1","time":1,"changes":[]}]}';

const keptCount = async (): Promise<number> =>
  Number((await app.database.db.query<{ count: string }>("select count(*) as count from inbox"))[0]?.count);

const post = (body: string | Buffer, signature: string | null, path = "/webhooks/meta"): Promise<Response> =>
  fetch(app.url + path, {
    method: "POST",
    body: typeof body === "string" ? body : new Uint8Array(body),
    headers: {
      "Content-Type": "application/json",
      ...(signature !== null && { "X-Hub-Signature-256": signature }),
    },
  });

test("a delivery that Meta signed is durable before its answer", async () => {
  const before = await keptCount();
  const answer = await post(NOTICE, app.sign(NOTICE));
  expect(answer.status).toBe(200);
  expect(await keptCount()).toBe(before + 1);
  expect(answer.headers.get("request-id")).toMatch(/^req_/);
});

test("the secret before a rotation still counts, and a named connection has its own address", async () => {
  expect((await post(NOTICE, app.sign(NOTICE, PREVIOUS))).status).toBe(200);
  expect((await post(NOTICE, app.sign(NOTICE), "/webhooks/meta/default")).status).toBe(200);
  expect((await post(NOTICE, app.sign(NOTICE), "/webhooks/meta/elsewhere")).status).toBe(404);
});

test("a wrong or missing signature is 401 and stores nothing", async () => {
  const before = await keptCount();
  const wrong = [null, "", "sha256=", "sha1=00", app.sign(`${NOTICE} `), app.sign(NOTICE, "another secret")];
  for (const signature of wrong) expect((await post(NOTICE, signature)).status).toBe(401);
  expect(await keptCount()).toBe(before);
  expect((await app.ask("GET", "/metrics", undefined, {})).body).toMatch(
    /webhooks_total\{outcome="bad_signature"\} [6-9]/,
  );
});

test("a correctly signed delivery that is not understood is kept", async () => {
  const before = await keptCount();
  for (const body of ["", "{", "[]", '"text"', "\u0000\ufffd"])
    expect((await post(body, app.sign(body))).status).toBe(200);
  expect(await keptCount()).toBe(before + 5);
});

test("4 MB is the limit, and the answer says so", async () => {
  const whole = Buffer.alloc(4 * 1024 * 1024, 32);
  expect((await post(whole, app.sign(whole))).status).toBe(200);
  const answer = await post(Buffer.alloc(4 * 1024 * 1024 + 1, 32), `sha256=${"0".repeat(64)}`);
  expect([answer.status, (await answer.text()).includes("\n")]).toEqual([413, false]);
});

test("the handshake returns the challenge only for our verify token", async () => {
  const handshake = (query: Record<string, string>): Promise<Response> =>
    fetch(`${app.url}/webhooks/meta?${new URLSearchParams(query).toString()}`);
  const ours = {
    "hub.mode": "subscribe",
    "hub.verify_token": app.config.metaWebhookVerifyToken,
    "hub.challenge": "1158201444",
  };
  const answer = await handshake(ours);
  expect([answer.status, await answer.text()]).toEqual([200, "1158201444"]);
  expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect((await handshake({ ...ours, "hub.verify_token": "guess" })).status).toBe(403);
  expect((await handshake({ ...ours, "hub.mode": "unsubscribe" })).status).toBe(403);
  expect((await handshake({})).status).toBe(403);
});

test.each(["HEAD", "PUT", "DELETE"])("%s is refused", async (method) => {
  const answer = await fetch(`${app.url}/webhooks/meta`, { method });
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, "GET, POST"]);
});

/** The first line of the answer to bytes that no HTTP library would send. */
function sendRaw(text: string): Promise<string> {
  const { port } = new URL(app.url);
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(Number(port), "127.0.0.1", () => socket.end(text));
    socket.on("data", (chunk) => (answer += chunk.toString()));
    socket.on("error", () => resolve(answer));
    socket.on("close", () => resolve(answer.split("\r\n")[0] ?? ""));
  });
}

test.each([
  "GET // HTTP/1.1",
  "GET http://[bad HTTP/1.1",
  "GET /%zz HTTP/1.1",
  "OPTIONS * HTTP/1.1",
  "GET /../../etc/passwd HTTP/1.1",
])("the server survives %s", async (line) => {
  await sendRaw(`${line}\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
});

test("no secret is in the log", async () => {
  await app.ask("POST", "/api/v1/session", { api_key: "a-secret-guess" }, {});
  await post(NOTICE, "sha256=feed");
  for (const secret of [
    app.config.metaAppSecret,
    app.config.metaSystemUserToken,
    "a-secret-guess",
    "sha256=feed",
  ])
    expect(app.logged()).not.toContain(secret);
});
