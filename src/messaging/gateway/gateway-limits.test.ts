import type { ServerResponse } from "node:http";
import { request as httpRequest } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import {
  accepts,
  stopServers,
  closed,
  app,
  KEY,
  meta,
  PHONE,
  send,
  type Answer,
} from "../../../test/support/gateway-app.ts";

const ending: (() => void)[] = [];
afterEach(async () => {
  for (const end of ending.splice(0)) end();
  await stopServers();
});

/** Long enough for a busy machine. */
const PATIENCE = { timeout: 30_000 };
const OTHER = { "D360-API-KEY": "sandbox-200000000000002" };
const sendMany = (url: string, count: number): Promise<Answer[]> =>
  Promise.all(Array.from({ length: count }, () => send(url)));
const statusesOf = (answers: Answer[]): number[] => answers.map(({ status }) => status);

/** A Meta that answers nothing for the first number until the test ends, and every other number at once. */
async function hangs() {
  const waiting: ServerResponse[] = [];
  const upstream = await meta((response, { url }) => {
    if (url.includes(PHONE) && !isOver) waiting.push(response);
    else accepts(response);
  });
  let isOver = false;
  const end = (): void => {
    isOver = true;
    for (const response of waiting) if (!response.writableEnded) accepts(response);
  };
  ending.push(end);
  return { ...upstream, waiting };
}

describe("S5: Meta's throughput of a number", () => {
  it.each([
    ["80 a second", false, 80],
    ["20 a second in coexistence", true, 20],
  ])("is enforced: %s, then Meta's own code and Retry-After", async (_what, isCoexistence, most) => {
    const upstream = await meta(accepts);
    let now = 1_000_000;
    const { url, entry, counts } = await app(upstream.url, { wallNow: () => now });
    entry.isCoexistence = isCoexistence;
    expect(statusesOf(await sendMany(url, most + 5)).filter((status) => status === 200)).toHaveLength(most);
    const refused = await send(url);
    expect(refused).toMatchObject({
      status: 429,
      error: { code: 130429, message: "(#130429) Rate limit hit" },
    });
    expect(refused.headers).toMatchObject({ "retry-after": "1", "sharekeeper-refused": "rate_limited" });
    expect(refused.error.error_data).toMatchObject({ retryable: true, who_must_act: "client" });
    expect(counts.at(-1)).toEqual({ outcome: "refused_here", reason: "rate_limited" });
    expect((await send(url, "/messages", OTHER)).status).toBe(200);
    now += 1000;
    expect(statusesOf(await sendMany(url, most + 1)).filter((status) => status === 200)).toHaveLength(most);
    expect(upstream.received).toHaveLength(2 * most + 1);
  });

  it("is left to Meta when THROUGHPUT_LIMITS is off", async () => {
    const upstream = await meta(accepts);
    const { url } = await app(upstream.url, { keepsThroughput: false, wallNow: () => 0 });
    expect(new Set(statusesOf(await sendMany(url, 200)))).toEqual(new Set([200]));
  });

  it("does not replace the reason of a closed gate", async () => {
    const { url, entry } = await app("http://127.0.0.1:1", { wallNow: () => 0 });
    entry.verdict = { decision: "closed", refusal: closed };
    expect(new Set(statusesOf(await sendMany(url, 100)))).toEqual(new Set([403]));
  });
});

describe("S5: 900 messages of one key against a Meta that hangs", () => {
  it("do not delay another client's message, with 64 of them in progress", async () => {
    const upstream = await hangs();
    const { waiting } = upstream;
    const { url } = await app(upstream.url, { keepsThroughput: false });
    const answers: Answer[] = [];
    for (let nth = 0; nth < 900; nth += 1) void send(url).then((answer) => answers.push(answer));
    await expect.poll(() => waiting.length, PATIENCE).toBe(64);
    // A fifth of 4096 is held; the others are refused at once.
    await expect.poll(() => answers.length, PATIENCE).toBe(900 - 819);
    expect(answers[0]).toMatchObject({
      status: 429,
      error: { code: 130429, error_data: { reason: "too_many_under_way", retryable: true } },
    });
    expect((await send(url, "/messages", OTHER)).status).toBe(200);
    expect(waiting).toHaveLength(64);
    for (const response of waiting) accepts(response);
    await expect.poll(() => waiting.length).toBe(128);
  });
});

describe("S5: the memory for messages", () => {
  it("250 messages of 0.9 MB of one key are refused before they are read", async () => {
    const upstream = await hangs();
    const { url } = await app(upstream.url, { keepsThroughput: false });
    const body = Buffer.from(JSON.stringify({ text: "x".repeat(900_000) }));
    const answers: Answer[] = [];
    for (let nth = 0; nth < 250; nth += 1) {
      const request = httpRequest(`${url}/messages`, {
        method: "POST",
        agent: false,
        // These are refused by their announced length: not a byte of them is ever written.
        headers: { "D360-API-KEY": KEY, "content-length": body.length },
      });
      request.on("error", () => undefined);
      request.on("response", (response) => {
        response.resume();
        answers.push({ status: response.statusCode ?? 0, headers: response.headers, text: "", error: {} });
      });
      request.flushHeaders();
    }
    await expect.poll(() => answers.length, PATIENCE).toBe(250 - 15);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([429]));
    expect((await send(url, "/messages", OTHER, body)).status).toBe(200);
  });

  it("has a total limit: beyond it 503, and the message is retryable", async () => {
    const upstream = await hangs();
    const { waiting } = upstream;
    const { url } = await app(upstream.url, { held: { messages: 1, bytes: 10_000 } });
    const first = send(url);
    await expect.poll(() => waiting.length).toBe(1);
    const refused = await send(url, "/messages", OTHER);
    expect(refused).toMatchObject({ status: 503, error: { code: 131016 } });
    expect(refused.error.error_data).toMatchObject({ reason: "overloaded", retryable: true });
    expect(refused.headers).toMatchObject({ "retry-after": "1" });
    accepts(waiting[0] as ServerResponse);
    expect((await first).status).toBe(200);
    expect((await send(url, "/messages", OTHER)).status).toBe(200);
  });

  it("counts bodies without an announced length as they arrive", async () => {
    const upstream = await meta(accepts);
    const { url } = await app(upstream.url, { held: { messages: 10, bytes: 10_000 } });
    const chunked = { "D360-API-KEY": KEY, "transfer-encoding": "chunked", connection: "keep-alive" };
    const large = JSON.stringify({ text: "x".repeat(20_000) });
    expect(await send(url, "/messages", chunked, large)).toMatchObject({
      status: 429,
      error: { code: 130429 },
      // The rest of it is not read.
      headers: { connection: "close" },
    });
    expect((await send(url, "/messages", chunked)).status).toBe(200);
    expect(upstream.received).toHaveLength(1);
  });
});

it("a queued message is not sent once its gate has closed", async () => {
  const upstream = await hangs();
  const { waiting } = upstream;
  const { url, entry } = await app(upstream.url, { keepsThroughput: false });
  const answers = sendMany(url, 70);
  await expect.poll(() => waiting.length).toBe(64);
  // All 70 have arrived: those not yet in progress are queued.
  await send(url, "/messages", OTHER);
  entry.verdict = { decision: "closed", refusal: closed };
  for (const response of waiting) accepts(response);
  const statuses = statusesOf(await answers).toSorted();
  expect(statuses).toEqual([...Array(64).fill(200), ...Array(6).fill(403)]);
  expect(upstream.received).toHaveLength(65);
});
