import { connect } from "node:net";
import pino from "pino";
import { afterEach, describe, expect, it } from "vitest";
import {
  KEY,
  MESSAGE,
  PHONE,
  TOKEN,
  accepts,
  stopServers,
  closed,
  app,
  meta,
  refuses,
  send,
} from "../../../test/support/gateway-app.ts";

afterEach(stopServers);

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
