import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import {
  KEY,
  MESSAGE,
  PHONE,
  accepts,
  stopServers,
  app,
  meta,
  send,
} from "../../../test/support/gateway-app.ts";

afterEach(stopServers);

const WAYS_TO_ASK: Record<string, string>[] = [
  { "d360-api-key": KEY },
  { authorization: `Bearer ${KEY}` },
  { accept: "*/*" },
];

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
