/** Requests of somebody who tries: odd methods, doubled parameters, texts that would break out of a query. */
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ADMIN, createTestApp, OURS, type TestApp } from "../../../test/support/create-test-app.ts";
import { ROUTES } from "./route-table.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

/** The bytes of the answer: fetch sends no TRACE, and hides headers. */
function send(method: string, path: string): Promise<string> {
  const own = `X-API-Key: ${ADMIN}\r\nCookie: mine=s3cret`;
  return exchange(`${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${own}${CLOSE}`);
}

const CLOSE = "\r\nConnection: close\r\n\r\n";

/** All bytes of the server until it closes the connection. */
function exchange(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(app.url).port), "127.0.0.1");
    let answer = "";
    socket.on("data", (chunk) => (answer += String(chunk)));
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
    socket.write(bytes);
  });
}

const PLACES = ["/", "/wabas", "/api/v1/wabas", "/api/none", "/webhooks/meta", "/messages", "/reshare/x"];
const OTHERS = [...PLACES, "/onboard/x", "/portal", "/healthz", "/metrics", "/problems/not_found"];

test.each(OTHERS)("TRACE and TRACK of %s are refused, and show nothing of the request", async (path) => {
  for (const method of ["TRACE", "TRACK"]) {
    const answer = await send(method, path);
    expect([method, answer.split("\r\n")[0]]).toEqual([method, expect.stringMatching(/^HTTP\/1\.1 4\d\d /)]);
    expect(answer).not.toMatch(/s3cret|message\/http/);
    expect(answer).not.toContain(ADMIN);
  }
  expect(app.logged()).not.toMatch(/"level":(50|60)/);
});

/** What ends a text, a statement, a line, a folder or a page, where somebody forgot to write it as data. */
const TEXTS = [
  "' or '1'='1",
  "1'; drop table person; --",
  "%' or 1=1) --",
  "\\'; select pg_sleep(60); --",
  "$1 {{7*7}} ${7*7} %s %n",
  "../../../../etc/passwd",
  "a\r\nSet-Cookie: planted=1\r\n\r\n<script>alert(1)</script>",
  '{"$gt":""}',
  "__proto__",
];

/** A text of an answer that shows something from inside. */
const INSIDES = /syntax error|at .+\.ts:\d+|node:internal|select .+ from |root:x:/i;

const reads = ROUTES.filter(({ method, path }) => method === "GET" && !path.endsWith("/stream"));
const fieldsOf = (fields: object | undefined): string[] =>
  fields !== undefined && "shape" in fields ? Object.keys(fields.shape as object) : [];

describe("a hostile text", () => {
  const people = () => app.database.db.query("select count(*) from person");
  const ask = async (path: string): Promise<void> => {
    const { status, headers, body } = await app.ask("GET", path);
    const text = typeof body === "string" ? body : JSON.stringify(body);
    expect([path, status < 500, INSIDES.exec(text)?.[0], headers.get("set-cookie")]).toEqual([
      ...[path, true, undefined, null],
    ]);
  };

  test("in any part of the path of any read is an id that nobody has, or invalid", async () => {
    const before = await people();
    const named = reads.filter(({ path }) => path.includes("{"));
    expect(named.length).toBeGreaterThan(10);
    for (const { path } of named)
      for (const text of TEXTS) await ask(path.replace(/\{\w+\}/g, encodeURIComponent(text)));
    expect(await people()).toEqual(before);
  });

  test("in any parameter of any read is a value like others, or invalid", async () => {
    const before = await people();
    const asked = reads.flatMap(({ path, query }) => fieldsOf(query).map((name) => ({ path, name })));
    expect(asked.length).toBeGreaterThan(30);
    for (const { path, name } of asked)
      for (const text of TEXTS)
        await ask(`${path.replace(/\{\w+\}/g, "100000000000001")}?${name}=${encodeURIComponent(text)}`);
    expect(await people()).toEqual(before);
  });
});

describe("a parameter that is given twice", () => {
  test("is refused by every read that takes one", async () => {
    for (const { path, query } of reads)
      for (const name of fieldsOf(query)) {
        const address = path.replace(/\{\w+\}/g, "100000000000001");
        const { status, body } = await app.ask("GET", `${address}?${name}=1&${name}=2`);
        expect([address, name, status, body.detail]).toEqual([
          ...[address, name, 400, expect.stringContaining(`${name} is given twice`)],
        ]);
      }
  });

  test("is not looked for in another place: the query adds nothing to the path or the body", async () => {
    const { status, body } = await app.ask("POST", "/api/v1/can-send?numbers=1", { numbers: [] }, OURS);
    expect([status, body.detail]).toEqual([400, expect.stringContaining("query does not take numbers")]);
    expect((await app.ask("GET", "/api/v1/wabas/100000000000001?waba_id=2")).status).toBe(400);
  });
});

test("what is written in percent signs is decoded once, before it is checked", async () => {
  const once = await app.ask("GET", "/api/v1/wabas/10000000000000%31");
  expect([once.status, once.body.id]).toEqual([200, "100000000000001"]);
  const twice = await app.ask("GET", "/api/v1/wabas/10000000000000%2531");
  expect([twice.status, twice.body.code]).toEqual([400, "invalid_request"]);
});

test("names of an object's own machinery are unknown fields, and change no object", async () => {
  for (const name of ["__proto__", "constructor", "prototype", "hasOwnProperty"]) {
    const text = `{"numbers":[],"${name}":{"polluted":true}}`;
    const { status, body } = await app.ask("POST", "/api/v1/can-send", text, OURS);
    expect([name, status, body.detail]).toEqual([name, 400, expect.stringContaining(name)]);
    expect((await app.ask("GET", `/api/v1/overview?${name}=1`)).status).toBe(400);
  }
  expect("polluted" in {}).toBe(false);
});

describe("where a request ends", () => {
  const HEAD = "POST /api/v1/can-send HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n";
  const HIDDEN = "GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

  test.each([
    [
      "by a length and by chunks",
      `Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${HIDDEN}`,
    ],
    ["by two lengths", `Content-Length: 0\r\nContent-Length: 5\r\n\r\n${HIDDEN}`],
    ["by a length that is none", `Content-Length: +5\r\n\r\n${HIDDEN}`],
    ["by an encoding that nobody knows", `Transfer-Encoding: xchunked\r\n\r\n${HIDDEN}`],
    ["by an encoding beside chunks", `Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n${HIDDEN}`],
    ["with a space before the colon", `Content-Length : 5\r\n\r\n${HIDDEN}`],
    ["with a folded line", `Content-Length:\r\n 5\r\n\r\n${HIDDEN}`],
  ])("said %s, it is refused as a whole, and hides no second one", async (_how, rest) => {
    const answer = await exchange(HEAD + rest);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer.match(/HTTP\/1\.1 \d/g)).toHaveLength(1);
  });

  test("said once, a second request is answered, too", async () => {
    const answer = await exchange(`${HEAD}Content-Length: 2\r\n\r\n{}${HIDDEN.replace("\r\n\r\n", CLOSE)}`);
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 401", "HTTP/1.1 200"]);
  });
});

describe("an error that nobody expected", () => {
  let broken: TestApp;
  beforeAll(async () => {
    broken = await createTestApp();
    await broken.database.db.query("alter table person rename to person_gone");
  });
  afterAll(() => broken.stop());

  test("is answered with the request's id, and nothing from inside", async () => {
    const { status, body } = await broken.ask("GET", "/api/v1/users", undefined, {
      ...{ ...OURS, "Request-Id": "req-broken-1" },
    });
    expect([status, body.code, body.request_id]).toEqual([500, "internal", "req-broken-1"]);
    expect(JSON.stringify(body)).not.toMatch(/person|relation|select|\.ts|42P01/);
  });

  test("is in the log as an error, with its cause and the same id", async () => {
    await broken.ask("GET", "/api/v1/users", undefined, { ...OURS, "Request-Id": "req-broken-2" });
    const line = linesOf(broken).find(({ requestId }) => requestId === "req-broken-2");
    expect(line).toMatchObject({ level: 50, msg: "request failed", method: "GET", path: "/api/v1/users" });
    expect(JSON.stringify(line?.err)).toContain("person");
  });

  test("opens nothing: who cannot be looked up is not let in", async () => {
    const cookie = { Cookie: "sharekeeper_session=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopq" };
    expect((await broken.ask("GET", "/api/v1/wabas", undefined, cookie)).status).toBe(500);
  });
});

test("the log stays one JSON line for each event, whatever a request says", async () => {
  const text = 'x\n{"level":30,"msg":"planted"}\u2028\u001b[2J';
  await app.ask("POST", "/api/v1/session", { email: `${text}@b.example`, password: text }, {});
  await app.ask("GET", `/api/v1/nowhere/${encodeURIComponent(text)}`);
  await app.ask("GET", "/api/v1/users", undefined, { "X-API-Key": "wrong" });
  const lines = linesOf(app);
  expect(lines.length).toBeGreaterThan(0);
  for (const { time, level, msg } of lines) {
    expect([typeof time, typeof level]).toEqual(["number", "number"]);
    expect(msg).not.toBe("planted");
  }
});

/** What was logged. Throws where a line is no JSON. */
const linesOf = (logging: TestApp): Record<string, unknown>[] =>
  logging
    .logged()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
