import { connect } from "node:net";
import pino from "pino";
import { afterEach, describe, expect, it } from "vitest";
import {
  KEY,
  MESSAGE,
  PHONE,
  TOKEN,
  accepts,
  closeHouses,
  closed,
  app,
  meta,
  refuses,
  send,
} from "../../../test/support/gateway-app.ts";

afterEach(closeHouses);

/**
 * Answers that a web filter, a broken proxy or Meta may give with status 200 without accepting the message.
 */
const UNCLEAR: [string, string][] = [
  ["a page", "<html>Please sign in</html>"],
  ["nothing", ""],
  ["an empty object", "{}"],
  ["an error", '{"error":{"code":131016,"message":"x"}}'],
  ["an error beside an id", '{"error":{"code":131016},"messages":[{"id":"wamid.1"}]}'],
  ["no message", '{"messages":[]}'],
  ["an empty id", '{"messages":[{"id":""}]}'],
  ["an id that is not a string", '{"messages":[{"id":7}]}'],
  ["messages that are not a list", '{"messages":{"id":"wamid.1"}}'],
  ["a list", '[{"messages":[{"id":"wamid.1"}]}]'],
  ["no success", '{"success":false}'],
  ["success as text", '{"success":"true"}'],
];

const WAYS_TO_ASK: Record<string, string>[] = [
  { "d360-api-key": KEY },
  { authorization: `Bearer ${KEY}` },
  { accept: "*/*" },
];

describe("a message through an open gate", () => {
  it("goes to Meta byte for byte with our token, and Meta's answer comes back byte for byte", async () => {
    const body = '{"messaging_product":"whatsapp", "messages":[{"id":"wamid.é"}]}\n';
    const upstream = await meta((response) => {
      response.writeHead(200, {
        "content-type": "application/json; charset=UTF-8",
        "x-fb-trace-id": "T1",
        "x-business-use-case-usage": "{}",
        "facebook-api-version": "v25.0",
        connection: "keep-alive, x-hop",
        "x-hop": "drop me",
        "keep-alive": "timeout=5",
        "alt-svc": 'h3=":443"',
      });
      response.write(body.slice(0, 20));
      response.end(body.slice(20));
    });
    const { url, counts } = await app(upstream.url);
    const answer = await send(url, "/messages?x=1", {
      "d360-api-key": KEY,
      "content-type": "text/plain",
      "x-private": "mine",
    });
    expect(upstream.received).toHaveLength(1);
    expect(upstream.received[0]).toMatchObject({ url: `/v25.0/${PHONE}/messages`, body: MESSAGE });
    expect(upstream.received[0]?.headers).toMatchObject({
      authorization: `Bearer ${TOKEN}`,
      "content-type": "application/json",
    });
    expect(upstream.received[0]?.headers).not.toHaveProperty("d360-api-key");
    expect(upstream.received[0]?.headers).not.toHaveProperty("x-private");
    expect(answer).toMatchObject({ status: 200, text: body });
    expect(answer.headers).toMatchObject({
      "content-type": "application/json; charset=UTF-8",
      "content-length": String(Buffer.byteLength(body)),
      "x-fb-trace-id": "T1",
      "x-business-use-case-usage": "{}",
      "facebook-api-version": "v25.0",
      "request-id": "req_1",
    });
    for (const dropped of ["x-hop", "alt-svc", "transfer-encoding"])
      expect(answer.headers).not.toHaveProperty(dropped);
    expect(counts).toEqual([{ outcome: "accepted", reason: null }]);
  });

  it("may use Meta's own address with the key as bearer token, in the version of the address", async () => {
    const upstream = await meta(accepts);
    const { url } = await app(`${upstream.url}/graph/`);
    const answer = await send(url, `/v23.0/${PHONE}/messages`, { authorization: `bearer ${KEY}` });
    expect(answer).toMatchObject({ status: 200, text: '{"messages":[{"id":"wamid.1"}]}' });
    expect(upstream.received[0]).toMatchObject({ url: `/graph/v23.0/${PHONE}/messages`, body: MESSAGE });
  });

  it.each([
    ["a refusal of Meta", 403, '{"error":{"message":"(#131005) Access denied","code":131005}}'],
    ["a temporary error of Meta", 500, '{"error":{"message":"oops","code":2,"is_transient":true}}'],
    ["a page of a proxy", 502, "<html>bad gateway</html>"],
  ])("passes on %s unchanged", async (_what, status, text) => {
    const upstream = await meta((response) =>
      response.writeHead(status, { "www-authenticate": "OAuth x" }).end(text),
    );
    const { url } = await app(upstream.url);
    const answer = await send(url);
    expect(answer).toMatchObject({
      status,
      text,
      headers: { "www-authenticate": "OAuth x", "request-id": "req_1" },
    });
    expect(answer.headers).not.toHaveProperty("sharekeeper-refused");
  });

  it("reports a refusal of Meta to the core, and nothing else", async () => {
    const upstream = await meta(refuses(400, 100, 33));
    const { url, refused, halfOpen, counts } = await app(upstream.url);
    await send(url);
    expect(refused).toEqual([
      {
        connectionId: "default",
        numberId: "num_1",
        status: 400,
        code: 100,
        subcode: 33,
        metaMessage: "(#100) no",
      },
    ]);
    expect(halfOpen).toEqual([]);
    expect(counts).toEqual([{ outcome: "refused_by_meta", reason: "100" }]);
    const page = await meta((response) => response.writeHead(500).end("<html>"));
    const other = await app(page.url);
    await send(other.url);
    expect(other.refused).toEqual([]);
  });

  it.each(UNCLEAR)(
    "field case 2: does not count %s with status 200 as an acceptance",
    async (_what, text) => {
      const upstream = await meta((response) => response.writeHead(200).end(text));
      const warnings: unknown[] = [];
      const log = pino({ level: "warn" }, { write: (line) => warnings.push(JSON.parse(line)) });
      const answered: string[] = [];
      const { url, entry, halfOpen, accepted, refused, counts } = await app(upstream.url, {
        log,
        onAnswered: (_numberId, took) => answered.push(took),
      });
      entry.isProvedBySending = true;
      expect(await send(url)).toMatchObject({ status: 200, text });
      entry.verdict = { decision: "half_open", refusal: closed };
      expect(await send(url)).toMatchObject({ status: 200, text });
      expect({ halfOpen, accepted, refused, answered }).toEqual({
        halfOpen: [],
        accepted: [],
        refused: [],
        answered: [],
      });
      expect(counts).toEqual(Array(2).fill({ outcome: "unclear", reason: "status_200" }));
      expect(warnings).toEqual(
        Array(2).fill(
          expect.objectContaining({ status: 200, wabaId: "100000000000001", bytes: Buffer.byteLength(text) }),
        ),
      );
    },
  );

  it("counts a message id, or success: true for a receipt, as an acceptance", async () => {
    const took: string[] = [];
    const onAnswered = (_numberId: string, what: string) => took.push(what);
    for (const text of ['{"success":true}', '{"messages":[{"id":"wamid.1","message_status":"accepted"}]}']) {
      const upstream = await meta((response) => response.end(text));
      const { url, entry, halfOpen, counts } = await app(upstream.url, { onAnswered });
      entry.verdict = { decision: "half_open", refusal: closed };
      await send(url);
      expect([halfOpen, counts]).toEqual([[["num_1", true]], [{ outcome: "accepted", reason: null }]]);
    }
    expect(took).toEqual(["receipt", "message"]);
  });

  it("reports an acceptance only when it proves something", async () => {
    const upstream = await meta(accepts);
    const { url, entry, accepted } = await app(upstream.url);
    await send(url);
    expect(accepted).toEqual([]);
    entry.isProvedBySending = true;
    await send(url);
    expect(accepted).toEqual(["num_1"]);
  });
});

describe("a message that the gate refuses", () => {
  it("is answered in Meta's envelope, and nothing reaches Meta", async () => {
    const upstream = await meta(accepts);
    const { url, entry, counts } = await app(upstream.url);
    entry.verdict = { decision: "closed", refusal: closed };
    const answer = await send(url);
    expect(answer.status).toBe(403);
    expect(answer.headers).toMatchObject({ "sharekeeper-refused": "partner_removed", "request-id": "req_1" });
    expect(JSON.parse(answer.text)).toEqual({
      error: {
        message: "(#131005) Access denied",
        type: "OAuthException",
        code: 131005,
        fbtrace_id: "req_1",
        error_data: {
          messaging_product: "whatsapp",
          details: "WABA 100000000000001 is no longer shared.",
          reason: "partner_removed",
          since: "2026-11-22T10:00:00.000Z",
          who_must_act: "client",
          reshare_url: null,
          retryable: false,
        },
      },
    });
    expect(upstream.received).toEqual([]);
    expect(counts).toEqual([{ outcome: "refused_here", reason: "partner_removed" }]);
  });

  it("gets Retry-After, also when the reason is a word of Meta's that no header allows", async () => {
    const { url, entry } = await app("http://127.0.0.1:1");
    entry.verdict = {
      decision: "closed",
      refusal: {
        ...closed,
        status: 503,
        code: 131016,
        reason: 'meta:"Ü\r\nx',
        retryable: true,
        retryAfterS: 59.2,
      },
    };
    const answer = await send(url);
    expect(answer.headers).toMatchObject({
      "retry-after": "60",
      "sharekeeper-refused": "meta:????x",
    });
    expect(answer.error.error_data).toMatchObject({ reason: 'meta:"Ü\r\nx', retryable: true });
  });

  it("is judged when its body is complete, not when it began", async () => {
    const upstream = await meta(accepts);
    const { url, entry } = await app(upstream.url);
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let text = "";
    socket.on("data", (chunk: Buffer) => (text += chunk.toString()));
    socket.write(
      `POST /messages HTTP/1.1\r\nhost: x\r\nd360-api-key: ${KEY}\r\nconnection: close\r\n` +
        `expect: 100-continue\r\ncontent-length: 2\r\n\r\n`,
    );
    await expect.poll(() => text).toContain("100 Continue");
    entry.verdict = { decision: "closed", refusal: closed };
    socket.write("{}");
    await new Promise((resolve) => socket.on("close", resolve));
    expect(text).toContain("HTTP/1.1 403");
    expect(upstream.received).toEqual([]);
  });
});

describe("a key", () => {
  it.each([
    ["is missing", "/messages", {}, "D360-API-KEY"],
    ["is unknown", "/messages", { "d360-api-key": "guess" }, "unknown or was revoked"],
    [
      "is missing at Meta's address",
      `/v25.0/${PHONE}/messages`,
      { "d360-api-key": KEY },
      "Authorization: Bearer",
    ],
    [
      "is another number's",
      `/v25.0/${PHONE}/messages`,
      { authorization: "Bearer sandbox-200000000000002" },
      "another number",
    ],
    ["is for no such number", "/v25.0/abc/messages", { authorization: `Bearer ${KEY}` }, "another number"],
  ])("that %s is refused with 401/190", async (_what, path, headers, metaMessage) => {
    const upstream = await meta(accepts);
    const { url } = await app(upstream.url);
    const answer = await send(url, path, headers);
    expect(answer.status).toBe(401);
    expect(answer.error).toMatchObject({
      code: 190,
      message: "Invalid OAuth access token - Cannot parse access token",
    });
    expect(String(answer.error.error_data?.details)).toContain(metaMessage);
    expect(answer.headers).toMatchObject({ "sharekeeper-refused": "invalid_key" });
    expect(answer.headers["www-authenticate"]).toContain("invalid_token");
    expect(upstream.received).toEqual([]);
  });

  it("is not required at an address that is not the gateway's", async () => {
    const { url } = await app("http://127.0.0.1:1");
    for (const path of ["/", "/message", "/metrics", "/media-kit", "/vx", "/api/v1/wabas"])
      expect(await send(url, path)).toMatchObject({ status: 404, text: "not the gateway's" });
  });
});

describe("field case 9: an address of Meta's or 360dialog's", () => {
  it("works without a version, as at Meta", async () => {
    const upstream = await meta(accepts);
    const { url } = await app(upstream.url);
    const answer = await send(url, `/${PHONE}/messages`, { authorization: `Bearer ${KEY}` });
    expect(answer.status).toBe(200);
    expect(upstream.received[0]).toMatchObject({ url: `/v25.0/${PHONE}/messages`, body: MESSAGE });
    const other = { authorization: "Bearer sandbox-200000000000002" };
    expect(await send(url, `/${PHONE}/messages`, other)).toMatchObject({ status: 401 });
  });

  it.each([
    ["GET", "/v1/configs/templates"],
    ["GET", "/v1/configs/webhook"],
    ["GET", "/v1/health"],
    ["GET", "/v1/media/x"],
    ["GET", "/me"],
    ["GET", "/debug_token?input_token=x"],
    ["GET", "/oauth/access_token"],
    ["GET", "/health_status"],
    ["GET", "/whatsapp_business_profile"],
    ["GET", "/messages"],
    ["PUT", "/messages"],
    ["GET", "/v25.0/2000"],
    ["GET", "/v25"],
    ["GET", "/200000000000001"],
    ["POST", "/media"],
    ["POST", "/messages/x"],
    ["POST", "/v25/1/messages"],
    ["POST", `/v25.0/${PHONE}/media`],
    ["GET", `/v25.0/${PHONE}/messages`],
    ["POST", `/v25.0//${PHONE}/messages`],
    ["POST", "/v1/messages"],
    ["POST", "//messages"],
  ])("that is not offered is refused in Meta's envelope: %s %s", async (method, path) => {
    const upstream = await meta(accepts);
    const { url, counts } = await app(upstream.url);
    for (const headers of WAYS_TO_ASK) {
      const answer = await send(url, path, headers, "", method);
      expect(answer).toMatchObject({
        status: 404,
        error: { code: 100, fbtrace_id: expect.stringMatching(/^req_/) },
      });
      expect(answer.headers).toMatchObject({
        "content-type": "application/json; charset=utf-8",
        "sharekeeper-refused": "not_offered",
      });
      expect(String(answer.error.error_data?.details)).toContain(
        "POST /{version}/{phone_number_id}/messages",
      );
    }
    expect(upstream.received).toEqual([]);
    expect(counts).toEqual([]);
  });
});

describe("a body", () => {
  it.each(["", "[]", "null", '"text"', '{"to":', "to=+1555", "\xff"])(
    "that is no JSON object is refused with 400/100: %s",
    async (body) => {
      const upstream = await meta(accepts);
      const { url } = await app(upstream.url);
      const answer = await send(url, "/messages", { "D360-API-KEY": KEY }, body);
      expect(answer).toMatchObject({
        status: 400,
        error: { code: 100, message: "(#100) Invalid parameter" },
      });
      expect(answer.headers).toMatchObject({ "sharekeeper-refused": "malformed_body" });
      expect(upstream.received).toEqual([]);
    },
  );

  it.each([
    ["announced", { "content-length": String(1024 * 1024 + 12) }],
    ["streamed", { "transfer-encoding": "chunked" }],
  ])("of more than 1 MB is refused with 400/100 (%s)", async (_how, headers) => {
    const upstream = await meta(accepts);
    const { url } = await app(upstream.url);
    const body = `{"text":"${"x".repeat(1024 * 1024 + 2)}"}`;
    const answer = await send(url, "/messages", { "D360-API-KEY": KEY, ...headers }, body);
    expect(answer).toMatchObject({ status: 400, error: { code: 100 } });
    expect(String(answer.error.error_data?.details)).toContain("1 MB");
    expect(upstream.received).toEqual([]);
  });

  it("of almost 1 MB passes", async () => {
    const upstream = await meta(accepts);
    const { url } = await app(upstream.url);
    const body = `{"text":"${"x".repeat(1024 * 1024 - 11)}"}`;
    expect(Buffer.byteLength(body)).toBe(1024 * 1024);
    expect(await send(url, "/messages", { "D360-API-KEY": KEY }, body)).toMatchObject({ status: 200 });
    expect(upstream.received[0]?.body).toBe(body);
  });

  it("that is incomplete is not sent", async () => {
    const upstream = await meta(accepts);
    const { url } = await app(upstream.url);
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    socket.write(
      `POST /messages HTTP/1.1\r\nhost: x\r\nd360-api-key: ${KEY}\r\ncontent-length: 100\r\n\r\n{}`,
    );
    socket.end();
    await new Promise((resolve) => socket.on("close", resolve).resume());
    await send(url);
    expect(upstream.received.map(({ body }) => body)).toEqual([MESSAGE]);
  });
});
