import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../../test/support/database.ts";
import { keyringOf } from "../../../test/support/keyring-of.ts";
import { saveDataKey } from "../../credentials/data-key-store.ts";
import type { Database } from "../../database/database.ts";
import { saveConnection } from "../../directory/connection-store.ts";
import { openInboxQueue, receiveWebhook } from "../../inbox/receive-webhook.ts";
import { systemClock as clock } from "../../lib/clock.ts";
import { seededRandom } from "../../lib/random.ts";
import { AT_ONCE, processInbox, type ProcessInboxDeps } from "./process-inbox.ts";

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
  await saveConnection(db, { ...connection, ...about });
  await saveDataKey(
    db,
    { id: "dk_1", wrapped: Buffer.alloc(1) },
    { state: "current", createdAt: clock.now() },
  );
  const keyring = keyringOf(random.bytes(32), random);
  deps = {
    ...{ db, clock, random, keyring, sweepPeriodMs: 15_000, wake: () => undefined },
    identityOf: () => US,
    processingFailed: (_id, error) => {
      throw error;
    },
  };
});
afterAll(() => database.drop());

async function receive(event: string, wabaId = "100000000000001"): Promise<void> {
  const value = { event, waba_info: { waba_id: wabaId } };
  const changes = [{ field: "account_update", value }];
  const entry = [{ id: US.businessId, time: Math.floor(clock.now() / 1000), changes }];
  const rawBody = Buffer.from(JSON.stringify({ object: "whatsapp_business_account", entry }));
  await receiveWebhook({ ...deps, queue: openInboxQueue(deps) }, { connectionId: "default", rawBody });
}

test("two instances that read the same webhook record it once; a redelivery is recorded again", async () => {
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

test.each(["PARTNER_REMOVED", "PARTNER_APP_UNINSTALLED", "ACCOUNT_DELETED"])(
  "%s of an unknown WABA is kept and creates none",
  async (event) => {
    await receive(event, "100000000000099");
    await processInbox(deps);
    expect(await deps.db.query("select 1 from meta_id where meta_id = '100000000000099'")).toEqual([]);
    expect(await deps.db.query("select 1 from inbox where processed_at is null")).toEqual([]);
  },
);

/** One delivery about several WABAs, as Meta batches them. */
async function receiveBatch(wabaIds: string[]): Promise<void> {
  const entry = wabaIds.map((wabaId, index) => ({
    id: US.businessId,
    time: Math.floor(clock.now() / 1000) + index,
    changes: [{ field: "account_update", value: { event: "PARTNER_ADDED", waba_info: { waba_id: wabaId } } }],
  }));
  const rawBody = Buffer.from(JSON.stringify({ object: "whatsapp_business_account", entry }));
  await receiveWebhook({ ...deps, queue: openInboxQueue(deps) }, { connectionId: "default", rawBody });
}

const reportedOf = async (): Promise<{ count: number; kinds: number }> => {
  const [row] = await deps.db.query<{ count: number; kinds: number }>(
    `select count(*)::int as count, count(distinct evidence ->> 'delivery')::int as kinds
     from observation where kind = 'hint' and evidence ? 'delivery'`,
  );
  return row ?? { count: 0, kinds: 0 };
};

const BATCH = ["100000000000001", "100000000000002", "100000000000001", "100000000000003", "100000000000002"];

test("two instances that meet within one delivery record each of its notices once", async () => {
  const before = await reportedOf();
  await receiveBatch(BATCH);
  let transactions = 0;
  const db: Database = {
    ...deps.db,
    transaction: async (work) => {
      // Between two notices of one instance, another one takes the delivery and completes it.
      if ((transactions += 1) === 3) await processInbox(deps);
      return deps.db.transaction(work);
    },
  };
  await processInbox({ ...deps, db });
  const { count, kinds } = await reportedOf();
  expect([count - before.count, kinds - before.kinds]).toEqual([BATCH.length, BATCH.length]);
});

test("a delivery about several WABAs is one commit", async () => {
  const before = (await reportedOf()).count;
  await receiveBatch(BATCH);
  let commits = 0;
  const db: Database = {
    ...deps.db,
    transaction: (work) => {
      commits += 1;
      return deps.db.transaction(work);
    },
  };
  await processInbox({ ...deps, db });
  expect([commits, (await reportedOf()).count - before]).toEqual([1, BATCH.length]);
});

test("a delivery that was interrupted continues where it was", async () => {
  const before = (await reportedOf()).count;
  await receiveBatch(BATCH);
  let tries = 0;
  const db: Database = {
    ...deps.db,
    // All of them together are refused; then each is recorded by itself, until after the third the database
    // is gone.
    transaction: (work) =>
      (tries += 1) === 1 || tries > 4 ? Promise.reject(new Error("cut off")) : deps.db.transaction(work),
  };
  const failed: string[] = [];
  await processInbox({ ...deps, db, processingFailed: (id) => void failed.push(id) });
  expect(failed).toHaveLength(1);
  expect((await reportedOf()).count - before).toBe(3);
  await processInbox(deps);
  expect((await reportedOf()).count - before).toBe(BATCH.length);
});

test("a removal does not wait for the webhooks about messages before it, and those are set aside together", async () => {
  await deps.db.query("delete from inbox");
  const statuses = {
    object: "whatsapp_business_account",
    entry: [{ id: "1", changes: [{ field: "messages", value: {} }] }],
  };
  const reported: string[] = [];
  const db: Database = {
    ...deps.db,
    query: (text, values) => {
      if (text.includes("update inbox")) reported.push("set aside");
      return deps.db.query(text, values);
    },
    transaction: (work) => {
      reported.push("transaction");
      return deps.db.transaction(work);
    },
  };
  const queue = openInboxQueue(deps);
  for (const text of [...Array.from({ length: 50 }, () => JSON.stringify(statuses)), "no JSON"])
    await receiveWebhook({ ...deps, queue }, { connectionId: "default", rawBody: Buffer.from(text) });
  await receive("PARTNER_REMOVED");
  await processInbox({ ...deps, db });
  expect(reported[0]).toBe("transaction");
  expect(reported.length).toBeLessThan(5);
  const rows = await deps.db.query(
    `select outcome, fields, count(*)::int as count from inbox where processed_at is not null group by 1, 2
      order by 3`,
  );
  expect(rows).toEqual([
    { outcome: "not_understood", fields: [], count: 1 },
    { outcome: "understood", fields: ["account_update"], count: 1 },
    { outcome: "understood", fields: ["messages"], count: 50 },
  ]);
});

test("a field whose name the database rejects fails alone, and delays no other", async () => {
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

test("a stop ends it after the webhooks of the commit under way; the others are taken later", async () => {
  await deps.db.query("delete from inbox");
  for (let count = 0; count < AT_ONCE + 2; count += 1) await receive("PARTNER_ADDED");
  const stopping = new AbortController();
  const db: Database = {
    ...deps.db,
    transaction: (work) => {
      stopping.abort();
      return deps.db.transaction(work);
    },
  };
  const waiting = async (): Promise<number> =>
    (await deps.db.query("select 1 from inbox where processed_at is null")).length;
  await processInbox({ ...deps, db }, stopping.signal);
  expect(await waiting()).toBe(2);
  await processInbox(deps);
  expect(await waiting()).toBe(0);
});

test("a burst is taken in few commits; two instances share it; where a commit fails each is taken by itself", async () => {
  await deps.db.query("delete from inbox");
  const before = (await deps.db.query("select 1 from observation where kind = 'hint'")).length;
  for (let count = 0; count < 3 * AT_ONCE; count += 1) await receive("PARTNER_ADDED");
  let commits = 0;
  const db: Database = {
    ...deps.db,
    transaction: (work) => {
      commits += 1;
      return deps.db.transaction(work);
    },
  };
  await processInbox({ ...deps, db });
  expect(commits).toBe(3);
  for (let count = 0; count < 3 * AT_ONCE; count += 1) await receive("PARTNER_ADDED");
  await Promise.all([processInbox(deps), processInbox(deps)]);
  for (let count = 0; count < 3; count += 1) await receive("PARTNER_ADDED");
  const failed: string[] = [];
  let tries = 0;
  const failsOnce = {
    ...deps,
    clock: {
      ...deps.clock,
      now: () => {
        tries += 1;
        if (tries === 1) throw new Error("once");
        return clock.now();
      },
    },
    processingFailed: (id: string) => void failed.push(id),
  };
  await processInbox(failsOnce);
  expect(failed).toEqual([]);
  const hints = await deps.db.query("select 1 from observation where kind = 'hint'");
  expect(hints.length - before).toBe(6 * AT_ONCE + 3);
  expect(await deps.db.query("select 1 from inbox where processed_at is null")).toEqual([]);
});
