import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testDatabase, type TestDatabase } from "../../test/support/database.ts";
import { until } from "../../test/support/until.ts";
import { findTotpSecret, saveTotpSecret } from "../access/totp-store.ts";
import type { Database } from "../database/database.ts";
import { saveInboxRows } from "../inbox/inbox-store.ts";
import { readInbox } from "../inbox/read-inbox.ts";
import { inboxContextOf } from "../inbox/sealed-bodies.ts";
import { systemClock } from "../lib/clock.ts";
import { systemRandom } from "../lib/random.ts";
import { StartError } from "../lib/start-error.ts";
import { SEALED_COLUMNS } from "../sealed-columns.ts";
import { dropUnusedDataKeys } from "./drop-unused-data-keys.ts";
import { saveKeyringInstance } from "./keyring-instance-store.ts";
import { openKeyring, readWhetherKeysFit, type EncryptionKeys, type OpenKeyring } from "./open-keyring.ts";
import { readKeyRotation, type KeyRotationStatus } from "./read-key-rotation.ts";
import { beginRotation, continueRotation, type RotationStep } from "./rotate-data-keys.ts";
import { findSecret, saveSecret } from "./secret-store.ts";
import { watchDataKeys, type WatchedDataKeys } from "./watch-data-keys.ts";

const OLD = Buffer.alloc(32, 1);
const NEW = Buffer.alloc(32, 2);
const NEVER = new AbortController().signal;
const ROWS = 250;

let own: TestDatabase;
let db: Database;
let keyring: OpenKeyring;
let instances: WatchedDataKeys[];

beforeEach(async () => {
  own = await testDatabase();
  db = own.db;
  instances = [];
  keyring = await open(OLD);
  await db.query(
    `insert into connection (id, business_id, app_id, system_user_id, graph_version, mode)
     values ('default', '1', '2', '3', 'v25.0', 'enforce')`,
  );
  await db.query(
    `insert into person (id, email, name, role, state, created_at)
     values ('usr_1', 'a@example.org', 'Ada', 'admin', 'active', now())`,
  );
});
afterEach(async () => {
  for (const instance of instances) await instance.close();
  await own.drop();
});

const open = (...keys: EncryptionKeys): Promise<OpenKeyring> =>
  openKeyring({ db, clock: systemClock, random: systemRandom }, ...keys);

/** An instance that serves: its keyring follows the database. */
async function serve(...keys: EncryptionKeys): Promise<OpenKeyring> {
  const mine = await open(...keys);
  const fail = (error: unknown): never => {
    throw error;
  };
  instances.push(
    await watchDataKeys(
      { db, random: systemRandom, keyring: mine },
      { onForeign: () => undefined, onFault: fail },
    ),
  );
  return mine;
}

const depsOf = (mine: OpenKeyring) => ({ db, keyring: mine, columns: SEALED_COLUMNS });
const begin = (mine = keyring): Promise<string | null> =>
  beginRotation({ db, clock: systemClock, keyring: mine }, () => undefined);
const step = (mine = keyring, onBatch?: () => void): Promise<RotationStep> =>
  continueRotation(depsOf(mine), NEVER, onBatch);
const status = (mine = keyring): Promise<KeyRotationStatus> => readKeyRotation(depsOf(mine));
const placeOf = (ownerId: string) => ({ connectionId: "default", ownerId, name: "business_token" });

/** Rows in each of the sealed columns. */
async function fill(count = ROWS): Promise<void> {
  await db.transaction(async (tx) => {
    for (let at = 0; at < count; at += 1) await saveSecret(tx, keyring, placeOf(`ast_${at}`), `token ${at}`);
  });
  await saveTotpSecret(db, keyring, "usr_1", "JBSWY3DPEHPK3PXP");
  await receive(keyring, 3);
}

async function receive(mine: OpenKeyring, count: number): Promise<void> {
  await saveInboxRows(
    db,
    Array.from({ length: count }, (_, at) => ({
      connectionId: "default",
      receivedAt: systemClock.now() + at,
      ...mine.seal(inboxContextOf("default"), Buffer.from(`body ${at}`)),
    })),
  );
}

/** Everything that was sealed opens with `mine`, and is what it was. */
async function checkReadable(mine: OpenKeyring, count = ROWS): Promise<void> {
  for (let at = 0; at < count; at += 1)
    expect(await findSecret(db, mine, placeOf(`ast_${at}`))).toBe(`token ${at}`);
  expect(await findTotpSecret(db, mine, "usr_1")).toBe("JBSWY3DPEHPK3PXP");
  const bodies = await readInbox({ db, keyring: mine, clock: systemClock }, 1000);
  expect(bodies.map(({ rawBody }) => rawBody.toString())).toEqual(["body 0", "body 1", "body 2"]);
}

describe("a rotation", () => {
  test("seals every row of every column with the new data key, and a day later the old one is gone", async () => {
    await fill();
    const before = keyring.state().sealsWith;
    const id = await begin();
    expect(keyring.state().sealsWith).toBe(before);
    expect(await step()).toEqual({ state: "done", resealedCount: ROWS + 4, unreadableCount: 0 });
    expect(keyring.state().sealsWith).toBe(id);
    const after = await status();
    expect(after.rotation).toEqual({ state: "idle", rows_left: 0, waits_for: [] });
    expect(after.data_keys.map((key) => [key.id, key.state, key.rows])).toEqual([
      [before, "old", {}],
      [id, "current", { secret: ROWS, person: 1, inbox: 3 }],
    ]);
    await checkReadable(await open(OLD));
    expect(await dropUnusedDataKeys(depsOf(keyring))).toEqual([]);
    await db.query("update data_key set resealed_at = now() - interval '25 hours' where state = 'old'");
    expect(await dropUnusedDataKeys(depsOf(keyring))).toEqual([before]);
    await checkReadable(await open(OLD));
    expect(await step()).toEqual({ state: "idle" });
  });

  test("can follow another one at once", async () => {
    await fill(5);
    for (const count of [1, 2]) {
      await begin();
      expect(await step()).toMatchObject({ state: "done", resealedCount: 9 });
      const { data_keys: keys } = await status();
      expect(keys.map(({ state }) => state)).toEqual([...Array<string>(count).fill("old"), "current"]);
    }
    await checkReadable(await open(OLD), 5);
  });

  test("that was killed goes on where it was, and seals nothing twice", async () => {
    await fill();
    const id = await begin();
    let batches = 0;
    const killed = step(await open(OLD), () => {
      batches += 1;
      if (batches === 1) throw new Error("killed");
    });
    await expect(killed).rejects.toThrow("killed");
    const midway = await status();
    expect(midway.rotation).toMatchObject({ state: "resealing", rows_left: ROWS + 4 - 200 });
    const restarted = await open(OLD);
    await checkReadable(restarted);
    expect(await begin(restarted)).toBeNull();
    expect(await step(restarted)).toMatchObject({ state: "done", resealedCount: ROWS + 4 - 200 });
    expect((await status()).data_keys.at(-1)).toMatchObject({ id, rows: { secret: ROWS } });
    await checkReadable(restarted);
  });

  test("that was killed before the new key was used goes on with that key", async () => {
    await fill(1);
    const id = await begin();
    const restarted = await open(OLD);
    expect(await begin(restarted)).toBeNull();
    expect(await step(restarted)).toMatchObject({ state: "done" });
    expect(restarted.state().sealsWith).toBe(id);
  });

  test("leaves a row that no key opens as it is, says so, and ends", async () => {
    await fill(2);
    await db.query("update secret set sealed = substr(sealed, 1, 40) where owner_id = 'ast_1'");
    await begin();
    expect(await step()).toEqual({ state: "done", resealedCount: 5, unreadableCount: 1 });
    await db.query("update data_key set resealed_at = now() - interval '25 hours' where state = 'old'");
    expect(await dropUnusedDataKeys(depsOf(keyring))).toEqual([]);
  });

  test("goes on when a transaction sealed with the old key ends late", async () => {
    const late = keyring.seal(inboxContextOf("default"), Buffer.from("late"));
    await begin();
    expect(await step()).toMatchObject({ state: "done" });
    await saveInboxRows(db, [{ connectionId: "default", receivedAt: systemClock.now(), ...late }]);
    await db.query("update data_key set resealed_at = now() - interval '25 hours' where state = 'old'");
    expect(await dropUnusedDataKeys(depsOf(keyring))).toEqual([]);
    expect(await step()).toMatchObject({ state: "done", resealedCount: 1 });
    const [body] = await readInbox({ db, keyring: await open(OLD), clock: systemClock }, 10);
    expect(body?.rawBody.toString()).toBe("late");
  });

  test("leaves what expires within a day as it is, and keeps the old key until then", async () => {
    const { dataKeyId, sealed } = keyring.seal("idempotency", Buffer.from("{}"));
    await db.query(
      `insert into idempotency_key (actor, key_hash, claim, data_key_id, sealed, created_at)
       values ('usr_1', 'x', 'y', $1, $2, now())`,
      [dataKeyId, sealed],
    );
    await begin();
    expect(await step()).toEqual({ state: "done", resealedCount: 0, unreadableCount: 0 });
    await db.query("update data_key set resealed_at = now() - interval '25 hours' where state = 'old'");
    expect(await dropUnusedDataKeys(depsOf(keyring))).toEqual([]);
    expect(await step()).toEqual({ state: "idle" });
    await db.query("delete from idempotency_key");
    expect(await dropUnusedDataKeys(depsOf(keyring))).toEqual([dataKeyId]);
  });

  test("ends its pass early when the process stops", async () => {
    await fill();
    await begin();
    const stopping = new AbortController();
    const stopped = await continueRotation(depsOf(keyring), stopping.signal, () => stopping.abort());
    expect(stopped).toMatchObject({ state: "unfinished", resealedCount: 200 });
    expect(await step()).toMatchObject({ state: "done", resealedCount: ROWS + 4 - 200 });
  });
});

/** The step once no instance is waited for. */
async function stepWhenKnown(mine: OpenKeyring, onBatch?: () => void): Promise<RotationStep> {
  const { value } = await until("instances that know the new key", async () => {
    const taken = await step(mine, onBatch);
    return taken.state === "waiting" ? undefined : taken;
  });
  return value;
}

describe("beside writers", () => {
  test("of two instances, everything that was written before and meanwhile is readable on both", async () => {
    await fill();
    const [one, other] = [await serve(OLD), await serve(OLD)];
    await begin(one);
    const written = new Map<string, string>();
    const writes: Promise<unknown>[] = [];
    const taken = await stepWhenKnown(one, () => {
      for (const [name, mine] of Object.entries({ one, other })) {
        const owner = `ast_${name === "one" ? writes.length : ROWS - 1 - writes.length}`;
        written.set(owner, `by ${name}`);
        writes.push(saveSecret(db, mine, placeOf(owner), `by ${name}`), receive(mine, 1));
      }
    });
    await Promise.all(writes);
    expect(taken.state).toBe("done");
    expect(written.size).toBeGreaterThan(4);
    for (const mine of [one, other]) {
      for (const [owner, token] of written) expect(await findSecret(db, mine, placeOf(owner))).toBe(token);
      expect(await findSecret(db, mine, placeOf("ast_200"))).toBe("token 200");
      const bodies = await readInbox({ db, keyring: mine, clock: systemClock }, 1000);
      expect(bodies).toHaveLength(3 + writes.length / 2);
    }
    expect((await status()).rotation).toEqual({ state: "idle", rows_left: 0, waits_for: [] });
  });

  test("a value that changes after it was chosen is not overwritten", async () => {
    await fill(3);
    await begin();
    let changes = 0;
    const racing: Database = {
      kind: db.kind,
      query: (text, values) => db.query(text, values),
      listen: (channel, notify) => db.listen(channel, notify),
      close: () => db.close(),
      async transaction(work) {
        // The first transaction puts the new key in use; each later one is a batch.
        changes += 1;
        if (changes === 2) await saveSecret(db, keyring, placeOf("ast_1"), "newer");
        return db.transaction(work);
      },
    };
    const taken = await continueRotation({ ...depsOf(keyring), db: racing }, NEVER);
    expect(taken).toMatchObject({ state: "done", resealedCount: 3 + 4 - 1 });
    expect(await findSecret(db, keyring, placeOf("ast_1"))).toBe("newer");
  });

  // The embedded database runs one transaction at a time.
  test.skipIf(process.env.DATABASE_URL === undefined)(
    "a row that a transaction holds is left for the next pass, with its new value",
    async () => {
      await fill(3);
      await begin();
      const late = await open(OLD);
      const held = Promise.withResolvers<void>();
      const isHolding = Promise.withResolvers<void>();
      const writing = db.transaction(async (tx) => {
        await saveSecret(tx, late, placeOf("ast_1"), "newer");
        isHolding.resolve();
        await held.promise;
      });
      await isHolding.promise;
      expect(await step()).toEqual({ state: "unfinished", resealedCount: 6, unreadableCount: 0 });
      held.resolve();
      await writing;
      expect(await step()).toEqual({ state: "done", resealedCount: 1, unreadableCount: 0 });
      expect(await findSecret(db, keyring, placeOf("ast_1"))).toBe("newer");
    },
  );

  test("a process that was not told opens what the new key sealed, inside a transaction too", async () => {
    await fill(2);
    const [untold, inside] = [await open(OLD), await open(OLD)];
    await begin();
    await step();
    expect(await findSecret(db, untold, placeOf("ast_1"))).toBe("token 1");
    expect(await db.transaction((tx) => findSecret(tx, inside, placeOf("ast_1")))).toBe("token 1");
  });
});

describe("instances", () => {
  const away = { id: "ins_away", known: ["dk_other"], sealsWith: "dk_other" };

  test("one that does not know the new key is waited for, until it is gone", async () => {
    await fill(1);
    const before = keyring.state().sealsWith;
    await saveKeyringInstance(db, { ...away, known: [before], sealsWith: before });
    await begin();
    expect(await step()).toEqual({ state: "waiting", instanceIds: ["ins_away"] });
    expect((await status()).rotation).toEqual({ state: "waiting", rows_left: 5, waits_for: ["ins_away"] });
    expect(keyring.state().sealsWith).toBe(before);
    await db.query("update keyring_instance set seen_at = now() - interval '3 minutes'");
    expect(await step()).toMatchObject({ state: "done" });
  });

  test("one that still seals with the old key is waited for", async () => {
    const id = await begin();
    await saveKeyringInstance(db, { ...away, known: [id ?? ""] });
    expect(await step()).toEqual({ state: "waiting", instanceIds: ["ins_away"] });
    await saveKeyringInstance(db, { ...away, known: [id ?? ""], sealsWith: id ?? "" });
    expect(await step()).toMatchObject({ state: "done" });
  });

  test("one that ends is not waited for", async () => {
    await serve(OLD);
    await instances.pop()?.close();
    await begin();
    expect(await step()).toMatchObject({ state: "done" });
  });
});

describe("another ENCRYPTION_KEY", () => {
  test("needs the previous one until the rotation has ended; then the old one is refused", async () => {
    await fill(3);
    await expect(open(NEW)).rejects.toThrow(
      /^ENCRYPTION_KEY is not the one [^\n]+ set it as ENCRYPTION_KEY_PREVIOUS [^\n]+$/,
    );
    const renewed = await open(NEW, OLD);
    expect(await readWhetherKeysFit(db, NEW)).toBe("wrong");
    expect(await readWhetherKeysFit(db, NEW, OLD)).toBe("previous");
    expect((await status(renewed)).data_keys[0]?.wrapped_with).toBe("encryption_key_previous");
    await begin(renewed);
    expect(await step(renewed)).toMatchObject({ state: "done", resealedCount: 7 });
    const { data_keys: keys } = await status(renewed);
    expect(keys.map((key) => key.wrapped_with)).toEqual(["encryption_key", "encryption_key"]);
    expect(await readWhetherKeysFit(db, NEW)).toBe("fits");
    await checkReadable(await open(NEW), 3);
    await expect(open(OLD)).rejects.toBeInstanceOf(StartError);
    await expect(open(OLD, Buffer.alloc(32, 3))).rejects.toThrow(
      /^Neither ENCRYPTION_KEY nor ENCRYPTION_KEY_PREVIOUS is the one [^\n]+ Set ENCRYPTION_KEY_PREVIOUS to /,
    );
  });

  test("waits for an instance that has the old one only, which goes on and may start again", async () => {
    await fill(3);
    const old = await serve(OLD);
    const renewed = await serve(NEW, OLD);
    const id = await begin(renewed);
    await until("the renewed instance knows the key", async () => {
      const taken = await step(renewed);
      const others = taken.state === "waiting" ? taken.instanceIds : [];
      return others.length === 1 && others[0] === instances[0]?.instanceId ? others : undefined;
    });
    expect(await step(old)).toEqual({ state: "waiting", instanceIds: [] });
    await saveSecret(db, old, placeOf("ast_1"), "token 1");
    expect(await findSecret(db, renewed, placeOf("ast_1"))).toBe("token 1");
    await open(OLD);
    await instances.shift()?.close();
    const restarted = await serve(NEW, OLD);
    expect(await stepWhenKnown(renewed)).toMatchObject({ state: "done" });
    await until(
      "the restarted instance seals with it",
      () => restarted.state().sealsWith === id || undefined,
    );
    await checkReadable(await open(NEW), 3);
  });

  test("is given up by swapping the two: a new key that nothing was sealed with goes", async () => {
    await fill(2);
    const abandoned = await begin(await open(NEW, OLD));
    const back = await open(OLD, NEW);
    const id = await begin(back);
    expect(id).not.toBe(abandoned);
    expect(await step(back)).toMatchObject({ state: "done" });
    await checkReadable(await open(OLD), 2);
    await expect(open(NEW)).rejects.toBeInstanceOf(StartError);
  });
});
