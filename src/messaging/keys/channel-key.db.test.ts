import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { testDatabase } from "../../../test/support/database.ts";
import type { TestDatabase } from "../../../test/support/database.ts";
import { systemClock } from "../../lib/clock.ts";
import { seededRandom } from "../../lib/random.ts";
import { findChannelKey, readChannelKeysOf } from "./channel-key-store.ts";
import { createChannelKey } from "./create-channel-key.ts";
import { ChannelKeyTaken, importChannelKey } from "./import-channel-key.ts";
import { openChannelKeys } from "./open-channel-keys.ts";
import type { OpenChannelKeys } from "./open-channel-keys.ts";
import { revokeChannelKey } from "./revoke-channel-key.ts";
import { saveKeyUses } from "./save-key-uses.ts";

const CREATED_AT = Date.UTC(2026, 10, 22, 12);
const clock = { ...systemClock, now: () => CREATED_AT };
const owner = { connectionId: "default", numberId: "num_1", label: "shop" };

let test: TestDatabase;
let here: OpenChannelKeys;
let elsewhere: OpenChannelKeys;
let room: Parameters<typeof createChannelKey>[0];

async function seedNumbers({ db }: TestDatabase): Promise<void> {
  const at = new Date(CREATED_AT);
  await db.query(
    `insert into connection (id, business_id, app_id, system_user_id, graph_version, mode)
     values ('default', '1', '2', '3', 'v25.0', 'enforce')`,
  );
  await db.query(`insert into client (id, connection_id, name) values ('cli_1', 'default', 'c')`);
  await db.query(
    `insert into asset (id, connection_id, client_id, name, created_at)
      values ('ast_1', 'default', 'cli_1', 'a', $1)`,
    [at],
  );
  await db.query(
    `insert into number (id, connection_id, asset_id)
     values ('num_1', 'default', 'ast_1'), ('num_2', 'default', 'ast_1')`,
  );
}

beforeAll(async () => {
  test = await testDatabase();
  await seedNumbers(test);
});

afterAll(() => test.drop());

beforeEach(async () => {
  const fail = (error: unknown): void => expect.fail(String(error));
  here = await openChannelKeys(test, fail);
  elsewhere = await openChannelKeys(test, fail);
  room = { db: test.db, clock, random: seededRandom(1), channelKeys: here };
});

afterEach(async () => {
  await here.close();
  await elsewhere.close();
  await test.db.query("delete from channel_key");
});

describe("a channel key", () => {
  it("works here at once and elsewhere after a notice, and is stored only as a hash", async () => {
    const made = await createChannelKey(room, owner);
    const holder = { keyId: made.id, connectionId: "default", numberId: "num_1" };
    expect(made).toMatchObject({
      ...owner,
      hint: made.key.slice(-4),
      createdAt: CREATED_AT,
      revokedAt: null,
    });
    expect(made.key).toMatch(/^sk_[\w-]{43}$/);
    expect(here.keys.find(made.key)).toEqual(holder);
    await expect.poll(() => elsewhere.keys.find(made.key)).toEqual(holder);
    const [kept] = await readChannelKeysOf(test.db, "num_1");
    expect(kept).toMatchObject({ id: made.id, label: "shop", createdAt: CREATED_AT, revokedAt: null });
    const rows = await test.db.query("select * from channel_key");
    expect(JSON.stringify(rows)).not.toContain(made.key);
  });

  it("ends everywhere when it is revoked: once, and only through its own number", async () => {
    const { id, key } = await createChannelKey(room, owner);
    await expect.poll(() => elsewhere.keys.find(key)).toBeDefined();
    expect(await revokeChannelKey(room, { numberId: "num_2", keyId: id })).toBe(false);
    expect(here.keys.find(key)).toBeDefined();
    expect(await revokeChannelKey(room, { numberId: "num_1", keyId: id })).toBe(true);
    expect(here.keys.find(key)).toBeUndefined();
    await expect.poll(() => elsewhere.keys.find(key)).toBeUndefined();
    expect(await revokeChannelKey(room, { numberId: "num_1", keyId: id })).toBe(false);
    expect(await findChannelKey(test.db, id)).toMatchObject({ revokedAt: CREATED_AT });
  });

  it("is found again after a restart, and by a reload after a lost notice", async () => {
    const { key } = await createChannelKey(room, owner);
    const restarted = await openChannelKeys(test, () => undefined);
    expect(restarted.keys.find(key)).toMatchObject({ numberId: "num_1" });
    await restarted.close();
    await test.db.query("update channel_key set revoked_at = $1", [new Date(CREATED_AT)]);
    await here.reload();
    expect(here.keys.find(key)).toBeUndefined();
  });
});

describe("importing a channel key", () => {
  const imported = { ...owner, key: "sandbox-200000000000001" };

  it("changes nothing the second time", async () => {
    const first = await importChannelKey(room, imported);
    expect(first.isNew).toBe(true);
    expect(await importChannelKey(room, imported)).toEqual({ id: first.id, isNew: false });
    expect(here.keys.find(imported.key)).toMatchObject({ keyId: first.id, numberId: "num_1" });
    expect(await readChannelKeysOf(test.db, "num_1")).toHaveLength(1);
  });

  it("leaves a revoked key revoked", async () => {
    const { id } = await importChannelKey(room, imported);
    await revokeChannelKey(room, { numberId: "num_1", keyId: id });
    expect(await importChannelKey(room, imported)).toEqual({ id, isNew: false });
    expect(here.keys.find(imported.key)).toBeUndefined();
  });

  it("refuses a key that names another number", async () => {
    await importChannelKey(room, imported);
    await expect(importChannelKey(room, { ...imported, numberId: "num_2" })).rejects.toThrow(ChannelKeyTaken);
    expect(here.keys.find(imported.key)).toMatchObject({ numberId: "num_1" });
  });
});

describe("H3: when a key was last used", () => {
  const HOUR = 3_600_000;
  const lastUseOf = async (keyId: string) => (await findChannelKey(test.db, keyId))?.lastUsedAt;
  const saveAt = (from: OpenChannelKeys, at: number) =>
    saveKeyUses({ db: test.db, clock: { ...clock, now: () => at }, channelKeys: from });

  it("is stored at most once an hour, whichever instance saw it; a use costs no write", async () => {
    const { key, id } = await createChannelKey(room, owner);
    expect(await lastUseOf(id)).toBeNull();
    await elsewhere.reload();
    expect(here.keys.find(key)?.keyId).toBe(id);
    expect(await lastUseOf(id)).toBeNull();
    await saveAt(here, CREATED_AT);
    elsewhere.keys.find(key);
    await saveAt(elsewhere, CREATED_AT + HOUR - 1);
    expect(await lastUseOf(id)).toBe(CREATED_AT);
    await saveAt(here, CREATED_AT + HOUR);
    expect(await lastUseOf(id)).toBe(CREATED_AT);
    here.keys.find(key);
    await saveAt(here, CREATED_AT + HOUR);
    expect(await lastUseOf(id)).toBe(CREATED_AT + HOUR);
    here.keys.find("guess");
    expect(here.keys.takeUsed()).toEqual([]);
  });

  it("is not lost when the database is unreachable", async () => {
    const { key, id } = await createChannelKey(room, owner);
    here.keys.find(key);
    const away = { query: () => Promise.reject(new Error("away")) } as unknown as TestDatabase["db"];
    await expect(saveKeyUses({ db: away, clock, channelKeys: here })).rejects.toThrow("away");
    await saveAt(here, CREATED_AT + 5);
    expect(await lastUseOf(id)).toBe(CREATED_AT + 5);
  });
});
