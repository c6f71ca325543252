import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../test/support/database.ts";
import { keyringOf } from "../credentials/keyring.ts";
import { saveDataKey } from "../credentials/data-key-store.ts";
import type { Database } from "../database/database.ts";
import { saveConnection } from "../directory/connection-store.ts";
import { openInboxQueue, receiveWebhook } from "../inbox/receive-webhook.ts";
import { systemClock as clock } from "../lib/clock.ts";
import { seededRandom } from "../lib/random.ts";
import { processInbox, type ProcessInboxDeps } from "./process-inbox.ts";

const random = seededRandom(1);
const US = { businessId: "734443296905665", appId: "600000000000001" };

let database: TestDatabase;
let deps: ProcessInboxDeps;
beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  const connection = {
    id: "default",
    ...US,
    systemUserId: "610000000000001",
    graphVersion: "v25.0",
  } as const;
  const about = { partnerName: "360dialog", publicUrl: null, mode: "enforce" } as const;
  await saveConnection(db, { ...connection, ...about }, clock.now());
  await saveDataKey(db, { id: "dk_1", wrapped: Buffer.alloc(1) }, clock.now());
  const keyring = keyringOf(new Map([["dk_1", random.bytes(32)]]), random);
  deps = {
    ...{ db, clock, random, keyring, sweepPeriodMs: 15_000, wake: () => undefined },
    identityOf: () => US,
    processingFailed: (_id, error) => {
      throw error;
    },
  };
});
afterAll(() => database.drop());

async function receive(event: string): Promise<void> {
  const value = { event, waba_info: { waba_id: "100000000000001" } };
  const changes = [{ field: "account_update", value }];
  const entry = [{ id: US.businessId, time: Math.floor(clock.now() / 1000), changes }];
  const rawBody = Buffer.from(JSON.stringify({ object: "whatsapp_business_account", entry }));
  await receiveWebhook({ ...deps, queue: openInboxQueue(deps) }, { connectionId: "default", rawBody });
}

test("two instances that read the same webhook tell of it once; a redelivery is told of again", async () => {
  for (const count of [1, 2]) {
    await receive("PARTNER_ADDED");
    await Promise.all([processInbox(deps), processInbox(deps)]);
    const hints = await deps.db.query("select 1 from observation where kind = 'hint'");
    expect(hints.length).toBe(count);
  }
  const rows = await deps.db.query("select outcome, fields from inbox where processed_at is not null");
  const done = { outcome: "understood", fields: ["account_update"] };
  expect(rows).toEqual([done, done]);
});

test("a removal does not wait for the webhooks about messages before it, and those are set aside together", async () => {
  await deps.db.query("delete from inbox");
  const statuses = {
    object: "whatsapp_business_account",
    entry: [{ id: "1", changes: [{ field: "messages", value: {} }] }],
  };
  const told: string[] = [];
  const db: Database = {
    ...deps.db,
    query: (text, values) => {
      if (text.includes("update inbox")) told.push("set aside");
      return deps.db.query(text, values);
    },
    transaction: (work) => {
      told.push("transaction");
      return deps.db.transaction(work);
    },
  };
  const queue = openInboxQueue(deps);
  for (const text of [...Array.from({ length: 50 }, () => JSON.stringify(statuses)), "no JSON"])
    await receiveWebhook({ ...deps, queue }, { connectionId: "default", rawBody: Buffer.from(text) });
  await receive("PARTNER_REMOVED");
  await processInbox({ ...deps, db });
  expect(told[0]).toBe("transaction");
  expect(told.length).toBeLessThan(5);
  const rows = await deps.db.query(
    "select outcome, fields, count(*)::int as count from inbox where processed_at is not null group by 1, 2 order by 3",
  );
  expect(rows).toEqual([
    { outcome: "not_understood", fields: [], count: 1 },
    { outcome: "understood", fields: ["account_update"], count: 1 },
    { outcome: "understood", fields: ["messages"], count: 50 },
  ]);
});

test("a field whose name the database does not take fails alone, and holds up no other", async () => {
  await deps.db.query("delete from inbox");
  const failed: string[] = [];
  const queue = openInboxQueue(deps);
  for (const field of ["messages", "mess\u0000ages", "messages"]) {
    const text = JSON.stringify({
      object: "whatsapp_business_account",
      entry: [{ id: "1", changes: [{ field, value: {} }] }],
    });
    await receiveWebhook({ ...deps, queue }, { connectionId: "default", rawBody: Buffer.from(text) });
  }
  await processInbox({ ...deps, processingFailed: (id) => void failed.push(id) });
  const rows = await deps.db.query<{ fields: string[] }>(
    "select fields from inbox where processed_at is not null",
  );
  expect(rows.length + failed.length).toBe(3);
  expect(rows.length).toBeGreaterThanOrEqual(2);
});
