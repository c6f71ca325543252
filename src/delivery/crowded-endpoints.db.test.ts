import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestApp, type TestApp } from "../../test/support/create-test-app.ts";
import { newId } from "../lib/new-id.ts";
import { systemRandom } from "../lib/random.ts";
import { createDeliverer, type Deliverer } from "./deliver-webhooks.ts";
import { insertEndpoint } from "./endpoint-store.ts";
import { judgeAnswer } from "./judge-answer.ts";
import type { Attempt } from "./open-webhook-wire.ts";
import type { CountedAttempt } from "./record-attempts.ts";
import { newSecret } from "./webhook-signature.ts";

let app: TestApp;
let now: number;
let answer: (url: string) => Promise<number>;
let counted: CountedAttempt[];
let deliverer: Deliverer;

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.stop());
beforeEach(async () => {
  const { db } = app.database;
  await db.query("delete from webhook_endpoint");
  await db.query("update webhook_cursor set journal_seq = (select coalesce(max(seq), 0) from journal)");
  now = app.deps.clock.now();
  answer = () => Promise.resolve(200);
  counted = [];
  deliverer = createDeliverer({
    ...{ db, clock: { ...app.deps.clock, now: () => now }, random: systemRandom, keyring: app.deps.keyring },
    log: pino({ level: "silent" }),
    wire: {
      async send({ url }): Promise<Attempt> {
        const status = await answer(url);
        const log = { detail: null, answerHeaders: null, answerBody: null };
        return { at: now, tookMs: 1, status, ...judgeAnswer(status, {}, now), ...log };
      },
      close: () => Promise.resolve(),
    },
    renderEvents: (seqs) =>
      Promise.resolve(new Map(seqs.map((seq) => [seq, { body: { type: "t" }, clientId: "cli_test" }]))),
    wake: () => undefined,
    onAttempts: (attempts) => void counted.push(...attempts),
  });
});

async function endpoint(url: string): Promise<string> {
  const id = newId("whe", systemRandom);
  const made = {
    ...{ id, url, description: "", eventTypes: null, clientIds: null, tags: null },
    ...({ algorithm: "hmac-sha256", state: "enabled", disabledWhy: null, failingSince: null } as const),
    ...{ version: 1, createdAt: now, createdBy: "test" },
  };
  const current = newSecret("hmac-sha256", systemRandom);
  const secrets = { current, previous: null, previousUntil: null, headers: {} };
  await insertEndpoint(app.database.db, app.deps.keyring, made, secrets);
  return id;
}

const happen = (count: number): Promise<unknown> =>
  app.database.db.query(
    `insert into journal (seq, connection_id, asset_id, type, at, sequence, actor, data)
     select nextval('journal_seq'), connection_id, id, 'waba.share.lost', $1, 1, 'test', '{}'
     from (select * from asset order by id limit 1) asset, generate_series(1, $2::int)`,
    [new Date(now), count],
  );

async function deliveredTo(endpointId: string): Promise<number> {
  const rows = await app.database.db.query(
    "select 1 from webhook_delivery where endpoint_id = $1 and state = 'delivered'",
    [endpointId],
  );
  return rows.length;
}

test("140 endpoints that hang have one place each once half of the places are taken, and another goes on", async () => {
  // As many as would take all 512 places with four each.
  for (let nth = 0; nth < 140; nth += 1) await endpoint("https://slow.example/");
  const well = await endpoint("https://well.example/");
  await happen(4);
  const letGo: (() => void)[] = [];
  answer = (url) =>
    url.includes("slow")
      ? new Promise((resolve) => void letGo.push(() => resolve(200)))
      : Promise.resolve(200);
  const round = async (): Promise<number> => {
    await deliverer.turn();
    return deliveredTo(well);
  };
  await expect.poll(round, { interval: 5, timeout: 10_000 }).toBe(4);
  expect(letGo.length).toBeGreaterThanOrEqual(140);
  expect(letGo.length).toBeLessThan(448);
  for (const go of letGo) go();
  await deliverer.drain();
});

test("attempts are counted by outcome, and a delivery with its delay since the event", async () => {
  await endpoint("https://receiver.example/");
  await happen(1);
  answer = () => Promise.resolve(500);
  await deliverer.turn();
  await deliverer.drain();
  now += 6000;
  answer = () => Promise.resolve(200);
  await deliverer.turn();
  await deliverer.drain();
  expect(counted).toEqual([
    { outcome: "refused", delayMs: null },
    { outcome: "delivered", delayMs: 6001 },
  ]);
});
