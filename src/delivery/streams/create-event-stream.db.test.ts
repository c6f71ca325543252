import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../../test/support/create-test-app.ts";
import type { Database } from "../../database/database.ts";
import { systemClock } from "../../lib/clock.ts";
import { systemRandom } from "../../lib/random.ts";
import { createEventStream, type EventStream } from "./create-event-stream.ts";
import {
  publishedOf,
  type PublisherOptions,
  StreamError,
  type Ending,
  type StreamMessage,
  type StreamSettings,
} from "./event-stream.ts";
import { readBacklog } from "./stream-store.ts";

const SETTINGS: StreamSettings = {
  ...{ kind: "nats", urls: [new URL("nats://user:hidden@broker.example:4222")], name: "test" },
  ...{ prefix: "own", from: "end", unrouted: "wait" },
};
const NEVER = new AbortController().signal;
const LEASE_MS = 30_000;

let app: TestApp;
let db: Database;
let now: number;
/** What the broker was sent, batch by batch. */
let sent: StreamMessage[][];
/** How it answers each message; undefined: it confirms. */
let answer: (message: StreamMessage) => Ending | undefined;
let afterPublish: () => Promise<void>;
let opened: PublisherOptions[];
let openFault: StreamError | null;
let closedCount: number;
let wokenCount: number;

beforeAll(async () => {
  app = await createTestApp();
  db = app.database.db;
});
afterAll(() => app.stop());
beforeEach(async () => {
  await db.query("delete from event_stream");
  now = Date.UTC(2026, 10, 29);
  [sent, opened, closedCount, wokenCount] = [[], [], 0, 0];
  openFault = null;
  unknownSeq = "";
  answer = () => undefined;
  afterPublish = () => Promise.resolve();
});

function makeStream(wish: Partial<StreamSettings> = {}, over: Database = db): EventStream {
  return createEventStream(
    {
      ...{ db: over, random: systemRandom, log: pino({ level: "silent" }), wake: () => (wokenCount += 1) },
      clock: { ...systemClock, now: () => now },
      renderEvents: (seqs) =>
        Promise.resolve(
          new Map(seqs.filter(isKnown).map((seq) => [seq, { body: { data: { id: seq } }, clientId: "cli" }])),
        ),
      async open(_settings, options) {
        if (openFault !== null) throw openFault;
        opened.push(options);
        return {
          async publish(messages) {
            sent.push([...messages]);
            await afterPublish();
            return publishedOf(messages.map((message) => answer(message) ?? "confirmed"));
          },
          close: async () => void (closedCount += 1),
        };
      },
    },
    { ...SETTINGS, ...wish },
  );
}

let unknownSeq = "";
const isKnown = (seq: string): boolean => seq !== unknownSeq;

/** So many lines of the journal of one WABA, and their `seq`. */
async function happen(count = 1, type = "waba.share.lost"): Promise<string[]> {
  const rows = await db.query<{ seq: string }>(
    `insert into journal (seq, connection_id, asset_id, type, at, sequence, actor, data)
     select nextval('journal_seq'), connection_id, id, $1, $2, n, 'test', '{}'
     from (select connection_id, id from asset order by id limit 1) asset, generate_series(1, $3::int) n
     returning seq`,
    [type, new Date(now), count],
  );
  return rows.map(({ seq }) => seq);
}

const sentSeqs = (): unknown[] => sent.flat().map(({ body }) => JSON.parse(body).data.id);
const placeOf = async (name = "test"): Promise<string | undefined> =>
  (await db.query<{ journal_seq: string }>("select journal_seq from event_stream where name = $1", [name]))[0]
    ?.journal_seq;

test("a new stream begins with what happens from then on, and sends each line once", async () => {
  await happen(3);
  const stream = makeStream();
  await stream.turn(NEVER);
  expect(sent).toEqual([]);
  const [seq] = await happen();
  await stream.turn(NEVER);
  await stream.turn(NEVER);
  expect(sent.flat()).toEqual([
    {
      id: expect.stringMatching(new RegExp(`^msg_[a-z0-9]{20}_${seq}$`)),
      ...{ subject: "own.waba.share.lost", type: "waba.share.lost", sequence: 1, at: new Date(now) },
      body: `{"data":{"id":"${seq}"}}`,
    },
  ]);
  expect(await placeOf()).toBe(seq);
  expect(stream.totals()).toEqual({ accepted: 1, duplicate: 0, unrouted: 0 });
});

test("from the beginning: all lines, in order, quiet types too, in batches of 200", async () => {
  await happen(450, "waba.share.unknown");
  const rows = await db.query<{ seq: string }>("select seq from journal order by seq");
  await makeStream({ from: "beginning" }).turn(NEVER);
  expect(sentSeqs()).toEqual(rows.map(({ seq }) => seq));
  expect(sent.slice(0, 2).map((batch) => batch.length)).toEqual([200, 200]);
});

test("the place is kept by name: another broker goes on there, another name begins anew", async () => {
  await makeStream().turn(NEVER);
  const [seq] = await happen();
  await makeStream({ kind: "amqp", from: "beginning" }).turn(NEVER);
  expect(sentSeqs()).toEqual([seq]);
  await makeStream({ name: "other" }).turn(NEVER);
  expect(sentSeqs()).toEqual([seq]);
  expect(await placeOf("other")).toBe(seq);
});

test("a line of a WABA that is no longer known is left out, and the place moves over it", async () => {
  const stream = makeStream();
  await stream.turn(NEVER);
  const seqs = await happen(3);
  unknownSeq = seqs[2] ?? "";
  await stream.turn(NEVER);
  expect(sentSeqs()).toEqual(seqs.slice(0, 2));
  expect(await placeOf()).toBe(seqs[2]);
});

test("what is refused holds up what follows, and is tried alone on a new connection", async () => {
  const stream = makeStream();
  await stream.turn(NEVER);
  const seqs = await happen(4);
  answer = ({ body }) => (body.includes(`"${seqs[1]}"`) ? new Error("too large") : undefined);
  const failing = stream.turn(NEVER);
  await expect(failing).rejects.toThrow("nats://broker.example:4222: too large");
  await expect(failing).rejects.toThrow(StreamError);
  expect([await placeOf(), closedCount]).toEqual([seqs[0], 1]);
  sent = [];
  await expect(stream.turn(NEVER)).rejects.toThrow("too large");
  expect(sentSeqs()).toEqual([seqs[1]]);
  sent = [];
  answer = () => undefined;
  await stream.turn(NEVER);
  expect(sentSeqs()).toEqual(seqs.slice(1));
  expect(opened).toHaveLength(3);
  expect(await placeOf()).toBe(seqs[3]);
});

test("killed between confirm and place: the next instance sends the same ids again, once the lease ends", async () => {
  const other = makeStream();
  await other.turn(NEVER);
  await happen(2);
  let isDead = false;
  const dying: Database = {
    ...db,
    query: async (text, values) => {
      if (isDead) throw new Error("killed");
      return db.query(text, values);
    },
  };
  afterPublish = async () => void (isDead = true);
  await expect(makeStream({}, dying).turn(NEVER)).rejects.toThrow("killed");
  const [first] = sent;
  afterPublish = () => Promise.resolve();
  await other.turn(NEVER);
  expect(sent).toHaveLength(1);
  now += LEASE_MS;
  await other.turn(NEVER);
  expect(sent).toEqual([first, first]);
});

test("an instance whose lease ran out while it waited leaves the place to the other", async () => {
  const [slow, quick] = [makeStream(), makeStream()];
  await slow.turn(NEVER);
  await happen(1);
  afterPublish = async () => {
    afterPublish = () => Promise.resolve();
    now += LEASE_MS;
    await quick.turn(NEVER);
    await happen(1);
  };
  await slow.turn(NEVER);
  expect(sent.map((batch) => batch.length)).toEqual([1, 1]);
  expect((await readBacklog(db, "test")).count).toBe(1);
  await slow.turn(NEVER);
  expect(sent).toHaveLength(3);
});

test("of two instances one publishes", async () => {
  const [first, second] = [makeStream(), makeStream()];
  await first.turn(NEVER);
  const seqs = await happen(300);
  await Promise.all([first.turn(NEVER), second.turn(NEVER)]);
  expect(sentSeqs()).toEqual(seqs);
});

test("a broker that is not reached fails the turn, and the place is kept from the start on", async () => {
  openFault = new StreamError("nobody is there");
  const stream = makeStream();
  await expect(stream.turn(NEVER)).rejects.toThrow("nobody is there");
  const [seq] = await happen();
  openFault = null;
  expect(await readBacklog(db, "test")).toEqual({ count: 1, oldestAt: new Date(now) });
  await stream.turn(NEVER);
  expect(sentSeqs()).toEqual([seq]);
  expect(await readBacklog(db, "test")).toEqual({ count: 0, oldestAt: null });
});

test("a connection that ends wakes the loop, which opens another", async () => {
  const stream = makeStream();
  await stream.turn(NEVER);
  await stream.turn(NEVER);
  expect(opened).toHaveLength(1);
  opened[0]?.onClosed("gone");
  expect(wokenCount).toBe(1);
  await stream.turn(NEVER);
  expect(opened).toHaveLength(2);
});

test("a stop ends a long turn after its batch, and keeps the place", async () => {
  const stopping = new AbortController();
  await happen(250);
  afterPublish = async () => stopping.abort();
  const stream = makeStream({ from: "beginning" });
  await stream.turn(stopping.signal);
  expect(sent).toHaveLength(1);
  const last = sentSeqs().at(-1);
  expect(await placeOf()).toBe(last);
  sent = [];
  await stream.turn(NEVER);
  expect(BigInt(sentSeqs()[0] as string)).toBeGreaterThan(BigInt(last as string));
});
