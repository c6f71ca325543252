import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStream, type Stream } from "../../../../test/support/event-stream.ts";
import { until } from "../../../../test/support/until.ts";
import { createTestApp, OURS, type TestApp } from "../../../../test/support/create-test-app.ts";

let app: TestApp;
beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());

const open = (headers: Record<string, string> = {}, query = ""): Promise<Stream> =>
  openStream(app.url, { ...OURS, ...headers }, query);

const lose = async (wabaId: string): Promise<void> => {
  await app.emulator.act({ action: "partner.remove", waba_id: wabaId, silent: true });
  await app.ask("POST", `/api/v1/wabas/${wabaId}/check`);
};

test("an event arrives at once, and missed events arrive after reconnecting", async () => {
  const wabaId = "100000000000004";
  const stream = await open();
  await lose(wabaId);
  let frame = await stream.next();
  while (frame.event.type !== "waba.share.lost") frame = await stream.next();
  expect(frame.id).toBe(frame.event.id);
  expect(frame.event).toMatchObject({ waba_id: wabaId, data: { waba: { status: "permission_removed" } } });
  expect(frame.event.data.changed).toContain("status");
  stream.leave();

  const again = await open({ "Last-Event-ID": String(Number(frame.id) - 1) });
  expect((await again.next()).event).toEqual(frame.event);
  again.leave();
  const after = await open({}, `?after=${Number(frame.id) - 1}`);
  expect((await after.next()).event).toEqual(frame.event);
  after.leave();
});

test("the list reads the same journal from the oldest, with a sequence per WABA", async () => {
  const { body } = await app.ask("GET", "/api/v1/events?limit=100");
  const ids = body.data.map((event: { id: string }) => BigInt(event.id));
  expect(ids).toEqual([...ids].sort((a, b) => (a < b ? -1 : 1)));
  const sequences = body.data
    .filter((event: { waba_id: string }) => event.waba_id === "100000000000004")
    .map((event: { sequence: number }) => event.sequence);
  expect(sequences).toEqual(sequences.map((_: number, index: number) => index + 1));
  const [first, second] = body.data;
  const page = (await app.ask("GET", `/api/v1/events?after=${first.id}&limit=1`)).body;
  expect(page.data).toEqual([second]);
  expect(page.next_cursor).toBe(second.id);
});

test("an event of more than 30 days ago is listed, and a stream goes on from it", async () => {
  const { db } = app.database;
  const [oldest] = await db.query<{ seq: string }>("select min(seq) as seq from journal");
  const seq = oldest?.seq ?? "";
  await db.query("update journal set at = at - interval '31 days' where seq = $1", [seq]);
  const { body } = await app.ask("GET", "/api/v1/events?limit=2");
  expect(body.data[0].id).toBe(seq);
  expect(Date.parse(body.data[0].at)).toBeLessThan(app.deps.clock.now() - 30 * 86_400_000);
  const stream = await open({ "Last-Event-ID": seq });
  expect((await stream.next()).id).toBe(body.data[1].id);
  stream.leave();
});

test("nothing deletes from the journal: with such code, an old cursor would need a refusal of its own", () => {
  const root = new URL("../../../", import.meta.url);
  const sources = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|sql)$/.test(name) && !name.includes(".test."))
    .map((name) => readFileSync(new URL(name, root), "utf8"));
  expect(sources.length).toBeGreaterThan(400);
  expect(sources.filter((text) => /(delete\s+from|truncate|drop\s+table)\s+journal\b/i.test(text))).toEqual(
    [],
  );
});

test("an id from before a reset starts at the newest event", async () => {
  const stream = await open({ "Last-Event-ID": "999999999999" });
  await lose("100000000000005");
  expect((await stream.next()).event.waba_id).toBe("100000000000005");
  stream.leave();
});

test("S17: a stream sends a ping at once, as an event type of its own", async () => {
  const leaving = new AbortController();
  const response = await fetch(`${app.url}/api/v1/events/stream`, {
    headers: OURS,
    signal: leaving.signal,
  });
  const first = await response.body?.pipeThrough(new TextDecoderStream()).getReader().read();
  expect(first?.value).toMatch(/^retry: 1000\n: from \d+\n\nevent: ping\ndata: {"at":"[0-9TZ:.-]+"}\n\n$/);
  leaving.abort();
});

test("S17: HEAD answers with the stream's headers and holds no place", async () => {
  const url = `${app.url}/api/v1/events/stream`;
  for (let n = 0; n < 25; n += 1) {
    const { status, headers } = await fetch(url, { method: "HEAD", headers: OURS });
    expect([n, status, headers.get("content-type")]).toEqual([n, 200, "text/event-stream"]);
  }
});

test("S17: 300 streams of one key: 20 open, the others are refused with Retry-After, and a closed one frees its place", async () => {
  const leaving = new AbortController();
  const ask = () => fetch(`${app.url}/api/v1/events/stream`, { headers: OURS, signal: leaving.signal });
  const answers = await Promise.all(Array.from({ length: 300 }, ask));
  const refused = answers.filter(({ status }) => status === 429);
  expect([refused.length, refused[0]?.headers.get("retry-after")]).toEqual([280, "10"]);
  leaving.abort();
  const again = await until("a free place", async () => {
    const stop = new AbortController();
    const { status } = await fetch(`${app.url}/api/v1/events/stream`, {
      headers: OURS,
      signal: stop.signal,
    });
    stop.abort();
    return status === 200 ? true : undefined;
  });
  expect(again.value).toBe(true);
});

test("a stream needs a key, and ends when the server stops", async () => {
  expect((await fetch(`${app.url}/api/v1/events/stream`)).status).toBe(401);
  const own = await createTestApp();
  const response = await fetch(`${own.url}/api/v1/events/stream`, { headers: OURS });
  const text = response.text();
  await own.stop();
  expect(await text).toMatch(/^retry: 1000/);
});
