/**
 * Hardening: headers of every answer, accepted host names, and the answers to wrong keys, foreign pages and
 * unsigned bodies.
 */
import { request as send, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADMIN, createTestApp, OURS, type TestApp } from "../../../test/support/create-test-app.ts";
import { OWN_SECRETS } from "../../../test/support/own-secrets.ts";
import { until } from "../../../test/support/until.ts";
import { ROUTES } from "./route-table.ts";
import { openHubRoutes } from "./serve-hub.ts";

const TOKEN = OWN_SECRETS.META_APP_SECRET;
const PUBLIC = "https://share.example.com";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp({ METRICS_TOKEN: TOKEN, PUBLIC_URL: PUBLIC, TRUSTED_PROXIES: "127.0.0.1" });
});
afterAll(() => app?.stop());

interface Sent {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Uses node:http, because fetch sets Host and Sec-Fetch-Site itself. */
function ask(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
  base = app.url,
): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const asked = send(base, { method, headers, path }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => (text += chunk));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

const HARDENED = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "content-security-policy": expect.stringContaining("frame-ancestors 'none'"),
  "referrer-policy": expect.any(String),
  "cross-origin-opener-policy": expect.stringMatching(/^same-origin/),
  "cross-origin-resource-policy": "same-origin",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
};

describe("S8: every answer", () => {
  const paths = [
    ...new Set(ROUTES.map(({ path }) => path.replace(/\{\w+\}/g, "1"))),
    ...[
      "/",
      "/wabas/1",
      "/sign-in",
      "/no-such-page",
      "/no-such.file",
      "/problems/not_found",
      "/problems/none",
    ],
    ...["/healthz", "/readyz", "/metrics", "/reshare/none", "/reshare/none/state", "/onboard/none"],
    ...["/webhooks/meta", "/webhooks/meta/none", "/messages", "/v25.0/1/messages", "/api/none"],
  ].filter((path) => path !== "/api/v1/events/stream");

  test.each(paths)("of %s is hardened, whatever its status", async (path) => {
    for (const method of ["GET", "POST"])
      expect([path, method, (await ask(method, path)).headers]).toEqual([
        path,
        method,
        expect.objectContaining(HARDENED),
      ]);
  });

  test("with a key, and of the stream, too", async () => {
    expect((await ask("GET", "/api/v1/wabas", OURS)).headers).toMatchObject(HARDENED);
    const stop = new AbortController();
    const stream = await fetch(`${app.url}/api/v1/events/stream`, { headers: OURS, signal: stop.signal });
    expect(Object.fromEntries(stream.headers)).toMatchObject(HARDENED);
    stop.abort();
  });

  test("sets Strict-Transport-Security only when PUBLIC_URL is https", async () => {
    const plain = await createTestApp();
    const { headers } = await ask("GET", "/healthz", {}, undefined, plain.url);
    await plain.stop();
    expect(headers).not.toHaveProperty("strict-transport-security");
  });
});

describe("S8: the Hub's page", () => {
  const folder = mkdtempSync(join(tmpdir(), "sharekeeper-hardening-"));
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), "<!doctype html>");
  writeFileSync(join(folder, "assets", "hub-1.js"), "1");
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const hub = openHubRoutes(folder, { "Content-Security-Policy": "the signup's own" });
  const get = async (path: string) => {
    const request = new Request("http://127.0.0.1/", { headers: { Accept: "text/html" } });
    Object.defineProperty(request, "url", { value: `http://127.0.0.1${path}` });
    return hub.answer(request);
  };

  test.each(["/index.html", "//index.html", "/./index.html", "/assets/../index.html", "/%69ndex.html"])(
    "has one address: %s redirects to it",
    async (path) => {
      const answer = await get(path);
      expect([answer?.status, answer?.headers.get("location")]).toEqual([308, "/"]);
    },
  );

  test("carries its policy under each of its addresses", async () => {
    for (const path of ["/", "/wabas", "/wabas/1", "/onboarding"])
      expect((await get(path))?.headers.get("content-security-policy")).toMatch(/^default-src 'self'; /);
    expect((await get("/onboarding/sgn_1"))?.headers.get("content-security-policy")).toBe("the signup's own");
  });
});

describe("S9: the name in Host", () => {
  const status = async (host: string, path = "/api/v1/about") =>
    (await ask("GET", path, { Host: host })).status;

  test("must be ours: otherwise every address answers 421 with a sentence", async () => {
    for (const host of ["127.0.0.1", "localhost:3600", "share.example.com", "share.example.com:443"])
      expect([host, await status(host)]).toEqual([host, 200]);
    for (const path of ["/", "/api/v1/about", "/messages", "/webhooks/meta", "/metrics", "/reshare/x"])
      expect([path, await status("rebind.evil.example:3600", path)]).toEqual([path, 421]);
    const { text } = await ask("GET", "/", { Host: "rebind.evil.example" });
    expect(text).toMatch(/ALLOWED_HOSTS/);
  });

  test("is not checked for a load balancer's health request", async () => {
    expect(await status("10.1.2.3:3600", "/healthz")).toBe(200);
    expect(await status("10.1.2.3:3600", "/readyz")).toBe(200);
  });

  test("the sandbox's key is shown only to its own pages on this machine, and never with a public address", async () => {
    const plain = await createTestApp();
    const keyFor = async (headers: Record<string, string>, base = plain.url) =>
      JSON.parse((await ask("GET", "/api/v1/about", headers, undefined, base)).text).sandbox.api_key;
    expect(await keyFor({}, app.url)).toBeNull();
    expect(await keyFor({ Host: "share.example.com" }, app.url)).toBeNull();
    expect(await keyFor({})).toBe(ADMIN);
    expect(await keyFor({ "Sec-Fetch-Site": "same-origin" })).toBe(ADMIN);
    expect(await keyFor({ "Sec-Fetch-Site": "cross-site" })).toBeNull();
    expect(await keyFor({ "Sec-Fetch-Site": "same-site" })).toBeNull();
    expect(await keyFor({ Origin: "http://evil.example" })).toBeNull();
    expect(await keyFor({ "X-Forwarded-For": "203.0.113.9" })).toBeNull();
    await plain.stop();
  });
});

describe("S13: a write by cookie", () => {
  const JSON_TYPE = { "Content-Type": "application/json" };
  let cookie = "";
  beforeAll(async () => {
    const { headers } = await ask("POST", "/api/v1/session", JSON_TYPE, JSON.stringify({ api_key: ADMIN }));
    cookie = headers["set-cookie"]?.[0]?.split(";")[0] ?? "";
    expect(cookie).toMatch(/^__Host-sharekeeper_session=/);
  });
  const write = async (headers: Record<string, string>) => {
    const path = "/api/v1/wabas/100000000000001/check";
    return (await ask("POST", path, { Cookie: cookie, Host: "share.example.com", ...headers })).status;
  };

  test("is accepted from PUBLIC_URL itself, as JSON", async () => {
    expect(await write({ Origin: PUBLIC, ...JSON_TYPE })).toBe(200);
    expect(await write({ Origin: PUBLIC, "Sec-Fetch-Site": "same-origin", ...JSON_TYPE })).toBe(200);
  });

  test.each([
    ["its plain twin", { Origin: "http://share.example.com" }],
    ["another port", { Origin: "https://share.example.com:8443" }],
    ["a sibling", { Origin: "https://other.example.com" }],
    ["null", { Origin: "null" }],
    ["no Origin", {}],
    ["a sibling, by Sec-Fetch-Site", { Origin: PUBLIC, "Sec-Fetch-Site": "same-site" }],
  ])("is refused from %s", async (_, headers) => {
    expect(await write({ ...JSON_TYPE, ...headers })).toBe(403);
  });

  test("is refused without the JSON content type, also when it is empty", async () => {
    expect(await write({ Origin: PUBLIC })).toBe(415);
    expect(await write({ Origin: PUBLIC, "Content-Type": "text/plain" })).toBe(415);
  });
});

describe("S19: internal details", () => {
  test("/metrics needs METRICS_TOKEN or an API key", async () => {
    expect((await ask("GET", "/metrics")).status).toBe(401);
    expect((await ask("GET", "/metrics", { Authorization: "Bearer wrong" })).status).toBe(401);
    expect((await ask("GET", "/metrics", { Authorization: `Bearer ${TOKEN}` })).status).toBe(200);
    expect((await ask("GET", "/metrics", OURS)).status).toBe(200);
  });

  test("/readyz shows everyone the readiness, and the causes only with a key", async () => {
    const open = JSON.parse((await ask("GET", "/readyz")).text);
    expect(open).toEqual({ status: "ready", database: "ok", loops: "ok", meta: "ok" });
    const whole = JSON.parse((await ask("GET", "/readyz", { Authorization: `Bearer ${TOKEN}` })).text);
    expect(whole.meta).toHaveProperty("incidents");
  });

  test("without METRICS_TOKEN: only this machine itself, not through a proxy", async () => {
    const plain = await createTestApp();
    const status = async (headers: Record<string, string>) =>
      (await ask("GET", "/metrics", headers, undefined, plain.url)).status;
    const seen = [await status({}), await status({ "X-Forwarded-For": "203.0.113.9" })];
    await plain.stop();
    expect(seen).toEqual([200, 401]);
  });

  test(
    "with a public address a proxy may run on this machine and add no header: the socket's address is not " +
      "trusted",
    async () => {
      const own = await createTestApp({ PUBLIC_URL: PUBLIC });
      const get = (path: string, headers = {}) => ask("GET", path, headers, undefined, own.url);
      const statuses = [(await get("/metrics")).status, (await get("/metrics", OURS)).status];
      const { loops } = JSON.parse((await get("/readyz")).text);
      await own.stop();
      expect([statuses, loops]).toEqual([[401, 200], "ok"]);
    },
  );

  test("/readyz answers a stale key with the public readiness, however often, and counts the key", async () => {
    const own = await createTestApp();
    const get = (path: string, headers = {}) => ask("GET", path, headers, undefined, own.url);
    expect(JSON.parse((await get("/readyz", OURS)).text).loops).toEqual([]);
    for (let n = 0; n < 15; n += 1) {
      const { status, text } = await get("/readyz", { "X-API-Key": "a-key-of-last-year" });
      expect([status, JSON.parse(text)]).toEqual([
        200,
        { status: "ready", database: "ok", loops: "ok", meta: "ok" },
      ]);
    }
    expect((await get("/metrics", { "X-API-Key": "another-old-key" })).status).toBe(429);
    const { text } = await get("/metrics");
    await own.stop();
    expect(text).toContain('sharekeeper_auth_failures_total{entry_point="metrics"} 16');
  });
});

describe("S14: bodies of unknown callers", () => {
  test("80 unsigned bodies of 4 MB are refused before a byte of them is kept", async () => {
    const own = await createTestApp();
    const body = Buffer.alloc(4_000_000, 120);
    const before = process.memoryUsage().arrayBuffers;
    const statuses = await Promise.all(
      Array.from({ length: 80 }, async () => {
        const socket = connect(Number(new URL(own.url).port), "127.0.0.1");
        const answered = new Promise<string>((resolve) => {
          socket.once("data", (chunk: Buffer) => resolve(chunk.toString().split("\r\n")[0] ?? ""));
        });
        socket.on("error", () => undefined);
        socket.write(
          `POST /webhooks/meta HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${body.length}\r\n\r\n`,
        );
        socket.write(body.subarray(0, 1000));
        const line = await answered;
        socket.destroy();
        return line;
      }),
    );
    expect(new Set(statuses)).toEqual(new Set(["HTTP/1.1 401 Unauthorized"]));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024);
    await own.stop();
  });

  test("one address can use only a part of it: Meta's webhooks still arrive", async () => {
    const own = await createTestApp({ TRUSTED_PROXIES: "127.0.0.1" });
    const signature = `sha256=${"0".repeat(64)}`;
    const answers: string[] = [];
    const sockets = Array.from({ length: 20 }, () => {
      const socket = connect(Number(new URL(own.url).port), "127.0.0.1");
      socket.on("error", () => undefined);
      socket.on("data", (chunk: Buffer) => answers.push(chunk.toString()));
      socket.write(
        `POST /webhooks/meta HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 203.0.113.9\r\n` +
          `X-Hub-Signature-256: ${signature}\r\nContent-Length: 4000000\r\n\r\n`,
      );
      socket.write(Buffer.alloc(3_900_000, 120));
      return socket;
    });
    // Of twenty, four fit into 16 MB.
    await until("the share", () => (answers.length >= 16 ? true : undefined));
    expect(answers.every((answer) => answer.startsWith("HTTP/1.1 503 "))).toBe(true);
    const text = JSON.stringify({ object: "whatsapp_business_account", entry: [] });
    const { status } = await own.ask("POST", "/webhooks/meta", text, {
      "X-Forwarded-For": "198.51.100.7",
      "X-Hub-Signature-256": own.sign(text),
    });
    expect(status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await own.stop();
  });

  test("bodies that only look signed share 64 MB: beyond it 503 with Retry-After, and free again afterwards", async () => {
    const own = await createTestApp();
    const signature = `sha256=${"0".repeat(64)}`;
    const part = Buffer.alloc(3_900_000, 120);
    const answers: string[] = [];
    const sockets = Array.from({ length: 20 }, () => {
      const socket = connect(Number(new URL(own.url).port), "127.0.0.1");
      socket.on("error", () => undefined);
      socket.on("data", (chunk: Buffer) => answers.push(chunk.toString()));
      socket.write(
        `POST /webhooks/meta HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Hub-Signature-256: ${signature}\r\n` +
          `Content-Length: 4000000\r\n\r\n`,
      );
      socket.write(part);
      return socket;
    });
    await until("the bound", () => (answers.length > 0 ? true : undefined));
    expect(answers[0]).toMatch(/^HTTP\/1\.1 503 .*\r\n/);
    expect(answers[0]?.toLowerCase()).toContain("retry-after: 5");
    for (const socket of sockets) socket.destroy();
    const text = JSON.stringify({ object: "whatsapp_business_account", entry: [] });
    await until("room again", async () => {
      const { status } = await own.ask("POST", "/webhooks/meta", text, {
        "X-Hub-Signature-256": own.sign(text),
      });
      return status === 200 ? true : undefined;
    });
    await own.stop();
  });

  const large = JSON.stringify({ api_key: "x".repeat(70_000) });
  const type = { "Content-Type": "application/json" };

  test.each([
    ...["/api/v1/session", "/api/v1/%73ession", "/%61pi/v1/session?", "http://127.0.0.1/api/v1/session"],
    ...["/x/../api/v1/session", "/x/%2e%2E/api/v1/session", "/./api/v1/./session", "/api/v1/session#x"],
    ...["/reshare/abc/signup", "/%72eshare/abc/signup", "/reshare/abc/%73tep", "/x/../reshare/abc/register"],
    ...["/onboard/abc/signup", "/onboar%64/abc/signup", "http://127.0.0.1/onboard/abc/signup"],
  ])(
    "a body without a key needs a length and at most 64 KB, in every spelling of the path: %s",
    async (path) => {
      expect((await ask("POST", path, type, large)).status).toBe(413);
      const chunked = { ...type, "Transfer-Encoding": "chunked" };
      expect((await ask("POST", path, chunked, "{}")).status).toBe(413);
    },
  );

  test.each([
    "//api/v1/session",
    "/api/v1/session/",
    "/api//v1/session",
    "/API/v1/session",
    "//reshare/a/step",
  ])("%s leads to no route, so that no body is read", async (path) =>
    expect((await ask("POST", path, type, large)).status).toBe(404),
  );

  test("a small body passes, and the answer releases its bytes", async () => {
    for (let n = 0; n < 3; n += 1)
      expect((await ask("POST", "/api/v1/%73ession", type, JSON.stringify({ api_key: ADMIN }))).status).toBe(
        200,
      );
  });
});
