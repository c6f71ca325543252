import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../test/support/create-test-app.ts";
import { newId } from "../lib/new-id.ts";
import { systemRandom } from "../lib/random.ts";
import type { Delivery } from "./delivery-store.ts";
import { findDelivery, readAttempts } from "./delivery-store.ts";
import { createDeliverer, type Deliverer } from "./deliver-webhooks.ts";
import type { Endpoint } from "./endpoint.ts";
import { findEndpoint, insertEndpoint, saveEndpoint, saveEndpointSecrets } from "./endpoint-store.ts";
import { judgeAnswer, type Judged } from "./judge-answer.ts";
import type { Attempt, WebhookRequest } from "./open-webhook-wire.ts";
import { DISABLED_AFTER_MS } from "./retry-plan.ts";
import { newSecret } from "./webhook-signature.ts";

const HOUR = 3_600_000;

let app: TestApp;
let now: number;
let answer: (request: WebhookRequest) => Promise<Partial<Attempt>>;
let sent: WebhookRequest[];
let deliverer: Deliverer;
/** Whose every event is when it is sent. */
let clientId: string;

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());
beforeEach(async () => {
  const { db } = app.database;
  await db.query("delete from webhook_endpoint");
  await db.query("update webhook_cursor set journal_seq = (select coalesce(max(seq), 0) from journal)");
  now = app.deps.clock.now();
  answer = () => Promise.resolve(of(200));
  sent = [];
  clientId = "cli_test";
  deliverer = makeDeliverer();
});

/** What a receiver's status means. */
const of = (status: number, headers: Record<string, string> = {}): Judged & { status: number } => ({
  ...judgeAnswer(status, headers, now),
  status,
});

function makeDeliverer(): Deliverer {
  const clock = { ...app.deps.clock, now: () => now };
  return createDeliverer({
    ...{ db: app.database.db, clock, random: systemRandom, keyring: app.deps.keyring },
    log: pino({ level: "silent" }),
    wire: {
      async send(request) {
        sent.push(request);
        const fields = {
          detail: null,
          answerHeaders: null,
          answerBody: null,
          control: "none",
          wishMs: 0,
        } as const;
        return {
          at: now,
          tookMs: 1,
          status: null,
          outcome: "delivered",
          ...fields,
          ...(await answer(request)),
        };
      },
      close: () => Promise.resolve(),
    },
    renderEvents: (seqs) =>
      Promise.resolve(
        new Map(seqs.map((seq) => [seq, { body: { type: "t", data: { id: seq } }, clientId }])),
      ),
    wake: () => undefined,
  });
}

/** A turn, and the end of what it began. */
async function turn(one = deliverer): Promise<number | void> {
  const next = await one.turn();
  await one.drain();
  return next;
}

async function endpoint(wish: Partial<Endpoint> = {}): Promise<Endpoint> {
  const made: Endpoint = {
    ...{ id: newId("whe", systemRandom), url: "https://receiver.example/", description: "" },
    ...{ eventTypes: null, clientIds: null, tags: null, algorithm: "hmac-sha256", state: "enabled" },
    ...{ disabledWhy: null, failingSince: null, version: 1, createdAt: now, createdBy: "test", ...wish },
  };
  await insertEndpoint(app.database.db, app.deps.keyring, made, {
    current: newSecret(made.algorithm, systemRandom),
    ...{ previous: null, previousUntil: null, headers: { "x-own": "1" } },
  });
  return made;
}

/** A line of the journal of one WABA. */
async function happen(type = "waba.share.lost", wabaId?: string): Promise<string> {
  const [row] = await app.database.db.query<{ seq: string }>(
    `insert into journal (seq, connection_id, asset_id, type, at, sequence, actor, data)
     select nextval('journal_seq'), connection_id, id, $1, $2, 1, 'test', '{}' from asset
     where $3::text is null or id = $3 order by id limit 1 returning seq`,
    [type, new Date(now), wabaId ?? null],
  );
  return row?.seq ?? "";
}

const idOf = ({ id }: Endpoint, seq: string): string => `msg_${id.slice(4)}_${seq}`;
async function deliveryOf(of: Endpoint, seq: string): Promise<Delivery> {
  const found = await findDelivery(app.database.db, idOf(of, seq));
  if (found === undefined) throw new Error(`no delivery of ${seq}`);
  return found;
}
const health = async ({ id }: Endpoint) => findEndpoint(app.database.db, id);

describe("an event", () => {
  test("goes once to each endpoint that wants it, with a stable id and a signature", async () => {
    const [first, second] = [await endpoint(), await endpoint({ eventTypes: ["waba.share.lost"] })];
    await endpoint({ eventTypes: ["waba.gate.opened"] });
    await endpoint({ state: "disabled" });
    const seq = await happen();
    await turn();
    await turn();
    expect(sent.map(({ headers }) => headers["webhook-id"]).sort()).toEqual(
      [idOf(first, seq), idOf(second, seq)].sort(),
    );
    expect(sent[0]).toMatchObject({
      url: "https://receiver.example/",
      headers: { "x-own": "1", "webhook-signature": expect.stringMatching(/^v1,/) },
      body: JSON.stringify({ type: "t", data: { id: seq } }),
    });
    expect(await deliveryOf(first, seq)).toMatchObject({ state: "delivered", attemptCount: 0 });
  });

  test("of before the endpoint, and of a quiet type that it does not name, is not sent", async () => {
    await happen();
    const all = await endpoint();
    const named = await endpoint({ eventTypes: ["waba.share.unknown"] });
    const seq = await happen("waba.share.unknown");
    await turn();
    expect(sent.map(({ headers }) => headers["webhook-id"])).toEqual([idOf(named, seq)]);
    expect(await findDelivery(app.database.db, idOf(all, seq))).toBeUndefined();
  });

  test("goes by client and by tag where the endpoint says so", async () => {
    const { db } = app.database;
    const [one, two] = await db.query<{ id: string; client_id: string }>(
      "select distinct on (client_id) id, client_id from asset order by client_id, id limit 2",
    );
    if (one === undefined || two === undefined) throw new Error("two clients are needed");
    await db.query("update asset set tags = '{vip}' where id = $1", [two.id]);
    clientId = one.client_id;
    const ofClient = await endpoint({ clientIds: [one.client_id] });
    const ofTag = await endpoint({ tags: ["vip", "other"] });
    const seqs = [await happen("waba.share.lost", one.id), await happen("waba.share.lost", two.id)];
    await turn();
    expect(sent.map(({ headers }) => headers["webhook-id"]).sort()).toEqual(
      [idOf(ofClient, seqs[0] ?? ""), idOf(ofTag, seqs[1] ?? "")].sort(),
    );
    await db.query("update asset set tags = '{}' where id = $1", [two.id]);
  });

  test("of a WABA that has another client meanwhile is not sent", async () => {
    const [row] = await app.database.db.query<{ client_id: string }>(
      "select client_id from asset order by id limit 1",
    );
    const ofClient = await endpoint({ clientIds: [row?.client_id ?? ""] });
    const seq = await happen();
    clientId = "cli_another";
    await turn();
    expect(sent).toEqual([]);
    expect(await deliveryOf(ofClient, seq)).toMatchObject({ state: "failed", nextAttemptAt: null });
    expect((await health(ofClient))?.failingSince).toBeNull();
  });

  test("is sent by one of two instances", async () => {
    await endpoint();
    for (let nth = 0; nth < 20; nth += 1) await happen();
    const other = makeDeliverer();
    for (let round = 0; round < 6; round += 1) await Promise.all([turn(), turn(other)]);
    expect(sent).toHaveLength(20);
    expect(new Set(sent.map(({ headers }) => headers["webhook-id"])).size).toBe(20);
  });

  test("that an instance was sending when it died is sent by another, with the same id", async () => {
    const all = await endpoint();
    const seq = await happen();
    answer = () => new Promise(() => undefined);
    await deliverer.turn();
    const other = makeDeliverer();
    answer = () => Promise.resolve(of(200));
    await turn(other);
    expect(sent).toHaveLength(1);
    now += 61_000;
    await turn(other);
    expect(sent.map(({ headers }) => headers["webhook-id"])).toEqual([idOf(all, seq), idOf(all, seq)]);
  });
});

describe("a failed delivery", () => {
  test("is tried ten times over three days, then given up; each attempt is logged", async () => {
    const all = await endpoint();
    const seq = await happen();
    answer = () => Promise.resolve({ ...of(500), answerBody: "no" });
    const began = now;
    await turn();
    for (;;) {
      const { nextAttemptAt } = await deliveryOf(all, seq);
      if (nextAttemptAt === null) break;
      expect(nextAttemptAt).toBeGreaterThan(now);
      now = nextAttemptAt;
      await turn();
    }
    expect(sent).toHaveLength(10);
    expect((now - began) / HOUR).toBeGreaterThan(72);
    expect(await deliveryOf(all, seq)).toMatchObject({ state: "failed", attemptCount: 10 });
    const attempts = await readAttempts(app.database.db, idOf(all, seq));
    expect(attempts.map(({ n, status }) => [n, status])).toEqual(
      Array.from({ length: 10 }, (_, nth) => [nth + 1, 500]),
    );
  });

  test("waits as long as the receiver asks", async () => {
    const all = await endpoint();
    const seq = await happen();
    answer = () => Promise.resolve(of(429, { "retry-after": "3600" }));
    await turn();
    expect((await deliveryOf(all, seq)).nextAttemptAt).toBe(now + HOUR);
  });

  test("for a fault of ours comes again in a minute, counts for nothing, and for as long as it lasts", async () => {
    const all = await endpoint();
    const seq = await happen();
    answer = () => Promise.resolve({ outcome: "our_fault" });
    for (let nth = 0; nth < 15; nth += 1) {
      await turn();
      now += 60_000;
    }
    expect(sent).toHaveLength(15);
    expect(await deliveryOf(all, seq)).toMatchObject({ state: "pending", attemptCount: 0 });
    expect((await health(all))?.failingSince).toBeNull();
    answer = () => Promise.resolve(of(200));
    await turn();
    expect((await deliveryOf(all, seq)).state).toBe("delivered");
  });

  test("ends where the receiver says stop, and the endpoint stays", async () => {
    const all = await endpoint();
    const seq = await happen();
    answer = () => Promise.resolve(of(500, { "webhook-control": "stop" }));
    await turn();
    expect(await deliveryOf(all, seq)).toMatchObject({ state: "failed", nextAttemptAt: null });
    expect((await health(all))?.state).toBe("enabled");
  });
});

describe("an endpoint", () => {
  test.each([
    ["answers 410", 410, {}, "gone"],
    ["asks for it", 500, { "webhook-control": "disable" }, "asked"],
  ])("that %s is disabled, and what waited for it has failed", async (_what, status, headers, why) => {
    const all = await endpoint();
    const seqs = [await happen(), await happen()];
    answer = () => Promise.resolve(of(status, headers));
    await turn();
    expect(await health(all)).toMatchObject({ state: "disabled", disabledWhy: why });
    for (const seq of seqs) expect((await deliveryOf(all, seq)).state).toBe("failed");
    await happen();
    sent = [];
    await turn();
    expect(sent).toEqual([]);
  });

  test("that is disabled during an attempt gets no other", async () => {
    const all = await endpoint();
    const seq = await happen();
    answer = async () => {
      await saveEndpoint(app.database.db, { ...all, state: "disabled" });
      return of(500);
    };
    await turn();
    expect(await deliveryOf(all, seq)).toMatchObject({ state: "failed", nextAttemptAt: null });
  });

  test("that only fails is warned of at 50, 70 and 90 per cent, disabled after five days, and told to others", async () => {
    const bad = await endpoint({ url: "https://bad.example/in?token=secret" });
    const watcher = await endpoint({ eventTypes: ["endpoint.failing", "endpoint.disabled"] });
    answer = ({ url }) => Promise.resolve(of(url.includes("bad") ? 500 : 200));
    const began = now;
    for (const share of [0, 0.4, 0.5, 0.6, 0.7, 0.9, 1]) {
      now = began + share * DISABLED_AFTER_MS;
      await happen();
      await turn();
      await turn();
    }
    expect(await health(bad)).toMatchObject({ state: "disabled", disabledWhy: "failing" });
    expect((await health(watcher))?.failingSince).toBeNull();
    const told = sent.filter(({ url }) => !url.includes("bad")).map(({ body }) => JSON.parse(body));
    expect(told.map(({ type, data }) => [type, data.percent, data.endpoint.id])).toEqual([
      ["endpoint.failing", 50, bad.id],
      ["endpoint.failing", 70, bad.id],
      ["endpoint.failing", 90, bad.id],
      ["endpoint.disabled", 100, bad.id],
    ]);
    expect(new Set(told.map(({ data }) => data.endpoint.url))).toEqual(new Set(["https://bad.example/in"]));
  });

  test("that answers again has recovered, and others hear of it", async () => {
    const all = await endpoint({ eventTypes: ["waba.share.lost"] });
    await endpoint({ url: "https://watcher.example/", eventTypes: ["endpoint.recovered"] });
    await happen();
    answer = () => Promise.resolve(of(500));
    await turn();
    expect((await health(all))?.failingSince).toBe(now);
    answer = () => Promise.resolve(of(200));
    now += 10_000;
    await turn();
    await turn();
    expect((await health(all))?.failingSince).toBeNull();
    expect(JSON.parse(sent.at(-1)?.body ?? "{}")).toMatchObject({
      type: "endpoint.recovered",
      data: { endpoint: { id: all.id } },
    });
  });

  test("that is paused loses nothing", async () => {
    const all = await endpoint({ state: "paused" });
    const seq = await happen();
    await turn();
    expect(sent).toEqual([]);
    await saveEndpoint(app.database.db, { ...all, state: "enabled" });
    await turn();
    expect((await deliveryOf(all, seq)).state).toBe("delivered");
  });

  test("that hangs takes no place of the others", async () => {
    const slow = await endpoint({ url: "https://slow.example/" });
    const well = await endpoint({ url: "https://well.example/" });
    const seqs: string[] = [];
    for (let nth = 0; nth < 40; nth += 1) seqs.push(await happen());
    const let_go: (() => void)[] = [];
    answer = ({ url }) =>
      url.includes("slow")
        ? new Promise((resolve) => void let_go.push(() => resolve(of(200))))
        : Promise.resolve(of(200));
    const delivered = async (): Promise<number> =>
      (await Promise.all(seqs.map((seq) => deliveryOf(well, seq)))).filter(
        ({ state }) => state === "delivered",
      ).length;
    await expect
      .poll(
        async () => {
          await deliverer.turn();
          return delivered();
        },
        { interval: 5, timeout: 10_000 },
      )
      .toBe(40);
    expect(sent.filter(({ url }) => url === slow.url)).toHaveLength(4);
    answer = () => Promise.resolve(of(200));
    for (const go of let_go) go();
    await deliverer.drain();
  });

  test("that hangs calls for no turn before an attempt ends or another delivery is due", async () => {
    await endpoint({ url: "https://slow.example/" });
    const failing = await endpoint({ url: "https://failing.example/" });
    const seq = await happen();
    for (let nth = 0; nth < 9; nth += 1) await happen();
    const letGo: (() => void)[] = [];
    answer = ({ url }) =>
      url.includes("slow")
        ? new Promise((resolve) => void letGo.push(() => resolve(of(200))))
        : Promise.resolve(of(500));
    const nextDues = [];
    await expect
      .poll(
        async () => {
          nextDues.push(await deliverer.turn());
          return (await deliveryOf(failing, seq)).attemptCount;
        },
        { interval: 5, timeout: 10_000 },
      )
      .toBe(1);
    nextDues.push(await deliverer.turn());
    expect(nextDues.filter((at) => at !== undefined && at <= now)).toEqual([]);
    for (const go of letGo) go();
    await deliverer.drain();
  });

  test("that no key opens holds up no other, and has its places again when it is repaired", async () => {
    const { db } = app.database;
    const broken = await endpoint();
    const well = await endpoint();
    const [row] = await db.query<{ sealed: Buffer }>("select sealed from webhook_endpoint where id = $1", [
      broken.id,
    ]);
    await db.query("update webhook_endpoint set sealed = $2 where id = $1", [broken.id, Buffer.alloc(60)]);
    const seqs: string[] = [];
    for (let nth = 0; nth < 8; nth += 1) seqs.push(await happen());
    const statesOf = async (one: Endpoint) =>
      new Set(await Promise.all(seqs.map(async (seq) => (await deliveryOf(one, seq)).state)));
    for (let round = 0; round < 3; round += 1) await turn();
    expect(await statesOf(well)).toEqual(new Set(["delivered"]));
    expect(await statesOf(broken)).toEqual(new Set(["pending"]));
    await db.query("update webhook_endpoint set sealed = $2 where id = $1", [broken.id, row?.sealed]);
    now += 61_000;
    for (let round = 0; round < 3; round += 1) await turn();
    expect(await statesOf(broken)).toEqual(new Set(["delivered"]));
  });

  test("signs with both secrets during a rotation", async () => {
    const all = await endpoint();
    await saveEndpointSecrets(app.database.db, app.deps.keyring, all.id, {
      ...{
        current: newSecret("hmac-sha256", systemRandom),
        previous: newSecret("hmac-sha256", systemRandom),
      },
      ...{ previousUntil: now + HOUR, headers: {} },
    });
    await happen();
    await turn();
    now += 2 * HOUR;
    await happen();
    await turn();
    expect(sent.map(({ headers }) => headers["webhook-signature"]?.split(" ").length)).toEqual([2, 1]);
  });
});
