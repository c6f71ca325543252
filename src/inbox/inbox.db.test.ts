import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testDatabase } from "../../test/support/database.ts";
import type { TestDatabase } from "../../test/support/database.ts";
import { openKeyring } from "../credentials/open-keyring.ts";
import type { Database } from "../database/database.ts";
import { systemClock } from "../lib/clock.ts";
import type { Clock } from "../lib/clock.ts";
import type { Keyring } from "../lib/keyring.ts";
import { systemRandom } from "../lib/random.ts";
import { dropOldInbox } from "./drop-old-inbox.ts";
import { ensureInboxPartitions } from "./ensure-inbox-partitions.ts";
import {
  completeInbox,
  failInbox,
  INBOX_CHANNEL,
  lockInboxRows,
  MAX_ATTEMPTS,
  readInboxBacklog,
} from "./inbox-store.ts";
import { readInbox } from "./read-inbox.ts";
import type { InboxItem } from "./read-inbox.ts";
import { openInboxQueue, receiveWebhook } from "./receive-webhook.ts";
import type { InboxQueue } from "./receive-webhook.ts";

const NOW = Date.parse("2026-11-22T10:00:00.123Z");
const clock: Clock = { ...systemClock, now: () => NOW };

let own: TestDatabase;
let db: Database;
let keyring: Keyring;
let queue: InboxQueue;
beforeEach(async () => {
  own = await testDatabase();
  db = own.db;
  keyring = await openKeyring({ db, clock, random: systemRandom }, Buffer.alloc(32, 1));
  queue = openInboxQueue({ db });
});
afterEach(async () => {
  await queue.drain();
  await own.drop();
});

const receive = (text: string): Promise<void> =>
  receiveWebhook({ queue, keyring, clock }, { connectionId: "default", rawBody: Buffer.from(text) });
const read = (limit = 100): Promise<InboxItem[]> => readInbox({ db, keyring, clock }, limit);
const texts = async (): Promise<string[]> => (await read()).map(({ rawBody }) => rawBody.toString());

async function readFirst(): Promise<InboxItem> {
  const [item] = await read(1);
  return item ?? expect.unreachable("the inbox is empty");
}

describe("receiving", () => {
  test("keeps the exact bytes, sealed, and gives them back in order", async () => {
    await receive("first\u00e9");
    await Promise.all(["second", "third"].map(receive));
    expect(await texts()).toEqual(["first\u00e9", "second", "third"]);
    expect(await readFirst()).toMatchObject({ connectionId: "default", receivedAt: NOW, attempts: 0 });
    const rows = await db.query<{ sealed: Buffer }>("select sealed from inbox");
    expect(rows.some(({ sealed }) => sealed.includes("second"))).toBe(false);
  });

  test("many at once are few statements, each with one notification, and all are kept", async () => {
    let notifiedCount = 0;
    await db.listen(INBOX_CHANNEL, () => (notifiedCount += 1));
    const all = Array.from({ length: 500 }, (_, index) => `webhook ${index}`);
    await Promise.all(all.map(receive));
    expect(await texts()).toHaveLength(100);
    expect((await read(1000)).map(({ rawBody }) => rawBody.toString())).toEqual(all);
    expect(notifiedCount).toBeLessThanOrEqual(5);
    expect(await readInboxBacklog(db)).toEqual({ waitingCount: 500, oldestAt: NOW });
  });

  test("when the database refuses, the sender gets an error", async () => {
    await db.query("alter table inbox rename to away");
    await expect(receive("lost")).rejects.toMatchObject({ code: "42P01" });
    await db.query("alter table away rename to inbox");
    await expect(receive("kept")).resolves.toBeUndefined();
  });
});

describe("a row", () => {
  test("that is completed waits no more, and keeps its outcome and fields", async () => {
    await receive("one");
    const item = await readFirst();
    await completeInbox(db, item, "understood", ["account_update"], NOW + 5);
    expect(await read()).toEqual([]);
    await completeInbox(db, item, "failed", [], NOW + 6);
    expect(await db.query("select outcome, fields, processed_at from inbox")).toEqual([
      { outcome: "understood", fields: ["account_update"], processed_at: new Date(NOW + 5) },
    ]);
  });

  test("that fails lets the others pass, and is set aside after its last attempt", async () => {
    await receive("bad");
    const bad = await readFirst();
    await receive("good");
    await failInbox(db, bad, NOW);
    expect(await texts()).toEqual(["good", "bad"]);
    for (let attempt = 2; attempt < MAX_ATTEMPTS; attempt += 1) await failInbox(db, bad, NOW);
    expect(await texts()).toEqual(["good", "bad"]);
    await failInbox(db, bad, NOW);
    expect(await texts()).toEqual(["good"]);
    expect(await db.query("select attempts, outcome from inbox where processed_at is not null")).toEqual([
      { attempts: MAX_ATTEMPTS, outcome: "failed" },
    ]);
  });

  test("that does not open is set aside and does not hold up the others", async () => {
    await receive("tampered");
    await db.query("update inbox set connection_id = 'other'");
    await receive("good");
    expect(await texts()).toEqual(["good"]);
    expect(await db.query("select outcome from inbox where connection_id = 'other'")).toEqual([
      { outcome: "failed" },
    ]);
  });

  test("is taken once", async () => {
    await receive("one");
    const item = await readFirst();
    const taken = await db.transaction(async (tx) => {
      const isMine = (await lockInboxRows(tx, [item])).has(item.id);
      await completeInbox(tx, item, "understood", [], NOW);
      return isMine;
    });
    expect(taken).toBe(true);
    expect(await db.transaction((tx) => lockInboxRows(tx, [item]))).toEqual(new Set());
  });
});

describe("partitions", () => {
  const partitionOf = async (): Promise<unknown[]> =>
    (await db.query<{ name: string }>("select tableoid::regclass::text as name from inbox order by id")).map(
      (row) => row.name,
    );

  test("are made for this month and the next, once, and take along what came before them", async () => {
    await receive("early");
    expect(await partitionOf()).toEqual(["inbox_default"]);
    expect(await ensureInboxPartitions({ db }, NOW)).toEqual(["inbox_2026_11", "inbox_2026_12"]);
    expect(await ensureInboxPartitions({ db }, NOW)).toEqual([]);
    await receive("later");
    expect(await partitionOf()).toEqual(["inbox_2026_11", "inbox_2026_11"]);
    expect(await texts()).toEqual(["early", "later"]);
    await completeInbox(db, await readFirst(), "understood", [], NOW);
    expect(await texts()).toEqual(["later"]);
  });

  test("a row of another month finds its place", async () => {
    await ensureInboxPartitions({ db }, Date.parse("2026-12-01T00:00:00Z"));
    await receive("november");
    expect(await partitionOf()).toEqual(["inbox_default"]);
  });
});

describe("retention", () => {
  const DAY = 86_400_000;

  test("drops old months whole, old rows of the month that the limit cuts, and nothing that waits", async () => {
    const october = Date.parse("2026-10-05T00:00:00Z");
    await ensureInboxPartitions({ db }, Date.parse("2026-09-01T00:00:00Z"));
    await ensureInboxPartitions({ db }, NOW);
    const at: Record<string, number> = {
      ...{ september: october - 30 * DAY, october, november: NOW - 20 * DAY, late: NOW - DAY },
    };
    for (const [text, receivedAt] of Object.entries(at))
      await receiveWebhook(
        { queue, keyring, clock: { ...clock, now: () => receivedAt } },
        { connectionId: "default", rawBody: Buffer.from(text) },
      );
    for (const item of await read())
      if (item.receivedAt !== october) await completeInbox(db, item, "understood", [], NOW);

    expect(await dropOldInbox({ db }, NOW - 10 * DAY)).toEqual({
      partitions: ["inbox_2026_09"],
      deletedCount: 1,
    });
    expect(await texts()).toEqual(["october"]);
    const kept = await db.query<{ received_at: Date }>("select received_at from inbox order by 1");
    expect(kept.map((row) => row.received_at.getTime())).toEqual([october, NOW - DAY]);

    await completeInbox(db, await readFirst(), "understood", [], NOW);
    expect(await dropOldInbox({ db }, NOW - 10 * DAY)).toEqual({
      partitions: ["inbox_2026_10"],
      deletedCount: 0,
    });
    expect(await dropOldInbox({ db }, NOW - 10 * DAY)).toEqual({ partitions: [], deletedCount: 0 });
  });
});
