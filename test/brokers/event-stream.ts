/** What a stream of events promises, shown with a real broker: the same tests for each kind. */

import { pino } from "pino";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../src/database/database.ts";
import {
  createEventStream,
  type EventStream,
  type EventStreamDeps,
} from "../../src/delivery/streams/create-event-stream.ts";
import { StreamError, type StreamSettings } from "../../src/delivery/streams/event-stream.ts";
import { openPublisher } from "../../src/delivery/streams/open-publisher.ts";
import { renderOutbound } from "../../src/http/api/events/render-outbound.ts";
import { contextOf } from "../../src/http/api/wabas/get-waba.ts";
import { httpSettingsOf } from "../../src/http/server/http-settings.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { systemRandom } from "../../src/lib/random.ts";
import type { Broker } from "../support/brokers.ts";
import { createTestApp, type TestApp } from "../support/create-test-app.ts";

/** A message, as a consumer gets it. */
export interface Received {
  subject: string;
  id: unknown;
  contentType: unknown;
  sequence: number;
  body: string;
}

/** A kind of broker. */
export interface Kind {
  start(): Promise<Broker>;
  url(port: number): string;
  /** Before anything is published: a queue that keeps all, where the broker needs one. */
  prepare(url: URL, name: string): Promise<void>;
  /** What a consumer gets, from the oldest on. */
  receive(url: URL, name: string): Promise<Received[]>;
  /** What the broker does with an id that it has already. */
  duplicates: "dropped" | "kept";
}

export interface Setup {
  app: TestApp;
  broker: Broker;
  kind: Kind;
  /** Settings of a stream of the test's own, prepared. */
  settings(wish?: Partial<StreamSettings>): Promise<StreamSettings>;
  stream(settings: StreamSettings, wish?: Partial<EventStreamDeps>): EventStream;
  /** Lines in the journal of real WABAs, with all that is derived of them. Returns their `seq`. */
  happen(count: number): Promise<string[]>;
  received(settings: StreamSettings): Promise<Received[]>;
  logged(): string;
}

export const NEVER = new AbortController().signal;

/** Opens the broker and the product once for a file. */
export function setUpBroker(kind: Kind): Setup {
  const parts: { app?: TestApp; broker?: Broker } = {};
  const lines: string[] = [];
  let count = 0;
  beforeAll(async () => {
    [parts.app, parts.broker] = await Promise.all([createTestApp(), kind.start()]);
  });
  afterAll(async () => {
    await parts.broker?.remove();
    await parts.app?.stop();
  });
  const setup: Setup = {
    kind,
    get app() {
      return there(parts.app);
    },
    get broker() {
      return there(parts.broker);
    },
    async settings(wish = {}) {
      count += 1;
      const url = new URL(kind.url(setup.broker.port));
      const made: StreamSettings = {
        ...{ kind: /^amqp/.test(url.protocol) ? "amqp" : "nats", urls: [url], name: `test-${count}` },
        ...{ prefix: `own.nr${count}`, from: "end", unrouted: "wait", ...wish },
      };
      await kind.prepare(url, made.name);
      return made;
    },
    stream: (settings, wish = {}) => createEventStream({ ...depsOf(setup.app, lines), ...wish }, settings),
    async happen(times) {
      const rows = await setup.app.database.db.query<{ seq: string }>(
        `insert into journal (seq, connection_id, asset_id, type, at, sequence, actor, data)
         select nextval('journal_seq'), connection_id, asset_id, type, now(), 1000 + seq, 'test', data
         from (select * from journal order by seq limit 1) line, generate_series(1, $1::int) returning seq`,
        [times],
      );
      return rows.map(({ seq }) => seq);
    },
    received: async ({ urls: [url], name }) => kind.receive(there(url), name),
    logged: () => lines.join(""),
  };
  return setup;
}

function depsOf(app: TestApp, lines: string[]): EventStreamDeps {
  const { db } = app.database;
  const world = { version: "0.0.0", hubDir: "", sandbox: null };
  const settings = httpSettingsOf(app.config, world);
  return {
    ...{ db, clock: systemClock, random: systemRandom, open: openPublisher, wake: () => undefined },
    log: pino({ level: "debug" }, { write: (line: string) => void lines.push(line) }),
    renderEvents: renderOutbound(
      db,
      () => contextOf({ settings, clock: systemClock }),
      () => Promise.resolve(new Map()),
    ),
  };
}

export function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("not set up");
  return value;
}

const idsOf = (received: readonly Received[]): unknown[] => received.map(({ id }) => id);
const seqsOf = (received: readonly Received[]): unknown[] =>
  received.map(({ body }) => JSON.parse(body).data.id);

/** A database that is gone after what `isLast` names was asked. */
function dyingAt(db: Database, isLast: (text: string) => boolean): Database {
  let isDead = false;
  const query: Database["query"] = async (text, values) => {
    isDead ||= isLast(text);
    if (isDead) throw new Error("killed");
    return db.query(text, values);
  };
  return { ...db, query };
}

const isPlaceMoved = (text: string): boolean => /update event_stream set journal_seq/.test(text);

export function promiseOfStream(setup: Setup): void {
  test("each line comes once, in order, with the body of a webhook and a stable id", async () => {
    const settings = await setup.settings();
    const stream = setup.stream(settings);
    await stream.turn(NEVER);
    const seqs = await setup.happen(450);
    await stream.turn(NEVER);
    const received = await setup.received(settings);
    expect(seqsOf(received)).toEqual(seqs);
    expect(new Set(idsOf(received)).size).toBe(450);
    const answer = await setup.app.ask("GET", `/api/v1/events?after=${BigInt(seqs[0] ?? "0") - 1n}&limit=1`);
    const [event] = answer.body.data;
    expect(received[0]).toEqual({
      subject: `${settings.prefix}.${event.type}`,
      id: expect.stringMatching(new RegExp(`^msg_[a-z0-9]{20}_${seqs[0]}$`)),
      contentType: "application/json",
      sequence: event.sequence,
      body: expect.any(String),
    });
    const { id, type, at, sequence, data } = event;
    const { waba, changed } = data;
    expect(JSON.parse(received[0]?.body ?? "")).toEqual({
      ...{ type, timestamp: at },
      data: { id, sequence, waba: { ...waba, ...timesOf(received[0]) }, changed },
    });
    await stream.close();
  });

  test("the broker is killed and comes back: nothing is lost, and ids stay", async () => {
    const settings = await setup.settings();
    const stream = setup.stream(settings);
    await stream.turn(NEVER);
    const before = await setup.happen(5);
    await stream.turn(NEVER);
    await setup.broker.stop("SIGKILL");
    const meanwhile = await setup.happen(5);
    await expect(stream.turn(NEVER)).rejects.toThrow(StreamError);
    await expect(stream.turn(NEVER)).rejects.toThrow("is not reached");
    await setup.broker.start();
    const after = await setup.happen(5);
    await stream.turn(NEVER);
    expect(seqsOf(await setup.received(settings))).toEqual([...before, ...meanwhile, ...after]);
    await stream.close();
  });

  test("killed between confirm and place: the next instance publishes the same ids again", async () => {
    const settings = await setup.settings();
    let now = systemClock.now();
    const clock = { ...systemClock, now: () => now };
    const other = setup.stream(settings, { clock });
    await other.turn(NEVER);
    const seqs = await setup.happen(3);
    const dying = setup.stream(settings, { clock, db: dyingAt(setup.app.database.db, isPlaceMoved) });
    await expect(dying.turn(NEVER)).rejects.toThrow("killed");
    await other.turn(NEVER);
    expect(seqsOf(await setup.received(settings))).toEqual(seqs);
    now += 30_000;
    await other.turn(NEVER);
    const received = await setup.received(settings);
    const isDropped = setup.kind.duplicates === "dropped";
    expect(seqsOf(received)).toEqual(isDropped ? seqs : [...seqs, ...seqs]);
    expect(new Set(idsOf(received)).size).toBe(3);
    expect(other.totals()).toMatchObject(isDropped ? { accepted: 0, duplicate: 3 } : { accepted: 3 });
    await Promise.all([dying.close(), other.close()]);
  });

  test("two instances publish each line once", async () => {
    const settings = await setup.settings();
    const [first, second] = [setup.stream(settings), setup.stream(settings)];
    await first.turn(NEVER);
    const seqs = await setup.happen(300);
    await Promise.all([first.turn(NEVER), second.turn(NEVER)]);
    expect(seqsOf(await setup.received(settings))).toEqual(seqs);
    expect(first.totals().accepted + second.totals().accepted).toBe(300);
    await Promise.all([first.close(), second.close()]);
  });

  test("a wrong password is refused in a sentence, and stands in no log", async () => {
    const settings = await setup.settings();
    const wrong = settings.urls.map((url) => Object.assign(new URL(url), { password: "wrong-secret" }));
    const failing = setup.stream({ ...settings, urls: wrong }).turn(NEVER);
    await expect(failing).rejects.toThrow(/127\.0\.0\.1:\d+\/? is not reached: .*(authoriz|ACCESS.REFUSED)/i);
    await expect(failing).rejects.not.toThrow(/wrong-secret/);
    expect(setup.logged()).toMatch(/the event stream is connected/);
    expect(setup.logged()).not.toMatch(/wrong-secret|right-secret/);
  });
}

/** What of a WABA goes by the time at which it is rendered. */
function timesOf(received: Received | undefined): object {
  const { waba } = JSON.parse(received?.body ?? "{}").data;
  return { probe_health: waba.probe_health };
}
