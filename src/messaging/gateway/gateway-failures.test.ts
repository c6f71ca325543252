import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import { accepts, stopServers, closed, app, meta, refuses, send } from "../../../test/support/gateway-app.ts";
import { systemClock } from "../../lib/clock.ts";

afterEach(stopServers);

describe("a failure between us and Meta", () => {
  it("before anything was written is retryable", async () => {
    const { url, counts, refused } = await app("http://127.0.0.1:1");
    const answer = await send(url);
    expect(answer).toMatchObject({
      status: 503,
      error: { code: 131016, message: "(#131016) Service unavailable" },
    });
    expect(answer.error.error_data).toMatchObject({ reason: "meta_unreachable", retryable: true });
    expect(answer.error.error_data).not.toHaveProperty("outcome");
    expect(counts).toEqual([{ outcome: "not_sent", reason: "meta_unreachable" }]);
    expect(refused).toEqual([]);
  });

  it.each([
    ["reset", (response: ServerResponse) => void response.destroy()],
    [
      "cut short",
      (response: ServerResponse) => {
        response.writeHead(200, { "content-length": "100" });
        response.write('{"messages"', () => response.destroy());
      },
    ],
    ["never given", () => undefined],
    ["without end", (response: ServerResponse) => void response.write("{")],
    ["no HTTP", (response: ServerResponse) => void response.socket?.end("SSH-2.0\r\n\r\n")],
    ["too large", (response: ServerResponse) => void response.end(Buffer.alloc(5 * 1024 * 1024, 32))],
  ])("after it was written has an unknown outcome: answer %s", async (_how, answerWith) => {
    const upstream = await meta(answerWith);
    const { url, refused, counts } = await app(upstream.url, { answerTimeoutMs: 250 });
    const answer = await send(url);
    expect(answer).toMatchObject({ status: 504, error: { code: 131016 } });
    expect(answer.error.error_data).toMatchObject({
      retryable: false,
      outcome: "unknown",
      reason: "answer_lost",
    });
    expect(upstream.received).toHaveLength(1);
    expect(refused).toEqual([]);
    expect(counts).toEqual([{ outcome: "unknown", reason: "answer_lost" }]);
  });

  it("of our own token is never passed on as Meta's 401", async () => {
    for (const [status, code] of [
      [401, 190],
      [400, 190],
      [401, 0],
      [400, 0],
      [400, 102],
      [400, 452],
    ] as const) {
      const upstream = await meta(refuses(status, code, 460));
      const { url, refused } = await app(upstream.url);
      const answer = await send(url);
      expect(answer).toMatchObject({ status: 503, error: { code: 131016 } });
      expect(answer.error.error_data).toMatchObject({
        reason: "provider_token_invalid",
        who_must_act: "provider",
        retryable: true,
      });
      const metaMessage = `(#${code}) no`;
      expect(refused).toEqual([
        { connectionId: "default", numberId: "num_1", status, code, subcode: 460, metaMessage },
      ]);
    }
  });

  it("without a token is answered without a call to Meta", async () => {
    const upstream = await meta(accepts);
    const { url } = await app(upstream.url, { tokenOf: () => null });
    expect(await send(url)).toMatchObject({
      status: 503,
      error: { code: 131016, error_data: { reason: "provider_token_invalid" } },
    });
    expect(upstream.received).toEqual([]);
  });

  it("of an unknown number is answered as not ready", async () => {
    const { url } = await app("http://127.0.0.1:1", { gateOf: () => null });
    expect(await send(url)).toMatchObject({
      status: 503,
      error: { code: 131016, error_data: { reason: "not_ready", retryable: true } },
    });
  });
});

describe("a half-open gate", () => {
  it("lets one message pass and refuses others until its outcome is known", async () => {
    const waiting: ServerResponse[] = [];
    const upstream = await meta((response) => waiting.push(response));
    const { url, entry, halfOpen } = await app(upstream.url);
    entry.verdict = { decision: "half_open", refusal: closed };
    const first = send(url);
    await expect.poll(() => waiting.length).toBe(1);
    expect(await send(url)).toMatchObject({ status: 403, error: { code: 131005 } });
    expect(upstream.received).toHaveLength(1);
    expect(halfOpen).toEqual([]);
    accepts(waiting[0] as ServerResponse);
    expect(await first).toMatchObject({ status: 200 });
    expect(halfOpen).toEqual([["num_1", true]]);
    const second = send(url);
    await expect.poll(() => waiting.length).toBe(2);
    refuses(400, 133010)(waiting[1] as ServerResponse);
    expect(await second).toMatchObject({ status: 400, error: { code: 133010 } });
    expect(halfOpen).toEqual([
      ["num_1", true],
      ["num_1", false],
    ]);
  });

  it.each([
    ["a refusal about the message", refuses(400, 131026)],
    ["a parameter that Meta refuses", refuses(400, 100)],
    ["throttling", refuses(400, 130429)],
    ["our own token", refuses(401, 190)],
    ["a page of a proxy", (response: ServerResponse) => void response.writeHead(502).end("<html>")],
    ["a lost answer", (response: ServerResponse) => void response.destroy()],
  ])("learns nothing from %s, and lets the next message pass", async (_what, answerWith) => {
    const upstream = await meta(answerWith);
    const { url, entry, halfOpen } = await app(upstream.url);
    entry.verdict = { decision: "half_open", refusal: closed };
    await send(url);
    await send(url);
    expect(upstream.received).toHaveLength(2);
    expect(halfOpen).toEqual([]);
  });
});

describe("stopping", () => {
  it("waits for the message in progress and accepts no new one", async () => {
    const waiting: ServerResponse[] = [];
    const upstream = await meta((response) => waiting.push(response));
    const { url, gateway } = await app(upstream.url);
    const first = send(url);
    await expect.poll(() => waiting.length).toBe(1);
    let isClosed = false;
    const closing = gateway.close().then(() => (isClosed = true));
    expect(await send(url)).toMatchObject({
      status: 503,
      error: { error_data: { reason: "stopping", retryable: true } },
    });
    expect(isClosed).toBe(false);
    accepts(waiting[0] as ServerResponse);
    expect(await first).toMatchObject({ status: 200 });
    await closing;
  });

  it("waits for a limited time: the remaining messages have an unknown outcome", async () => {
    const waiting: ServerResponse[] = [];
    const upstream = await meta((response) => waiting.push(response));
    const quick = { ...systemClock, pause: () => new Promise<void>((resolve) => setImmediate(resolve)) };
    const { url, gateway } = await app(upstream.url, { clock: quick, answerTimeoutMs: 250 * 100_000_000 });
    const left = send(url);
    await expect.poll(() => waiting.length).toBe(1);
    await gateway.close();
    expect(await left).toMatchObject({ status: 504, error: { error_data: { outcome: "unknown" } } });
  });
});
