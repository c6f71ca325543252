import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { testDatabase } from "../../test/support/database.ts";
import type { TestDatabase } from "../../test/support/database.ts";
import type { Database } from "../database/database.ts";
import { systemClock } from "../lib/clock.ts";
import { SealError } from "../lib/keyring.ts";
import { systemRandom } from "../lib/random.ts";
import { StartError } from "../lib/start-error.ts";
import { openKeyring } from "./open-keyring.ts";
import { deleteSecret, findSecret, saveSecret } from "./secret-store.ts";

const KEY = Buffer.alloc(32, 1);

let own: TestDatabase;
let db: Database;
beforeEach(async () => {
  own = await testDatabase();
  db = own.db;
});
afterEach(() => own.drop());

const openHere = (key: Buffer): ReturnType<typeof openKeyring> =>
  openKeyring({ db, clock: systemClock, random: systemRandom }, key);

describe("the keyring", () => {
  test("opens after a restart what it sealed before, with one data key however many start at once", async () => {
    const [first, second] = await Promise.all([openHere(KEY), openHere(KEY)]);
    const sealed = first.seal("inbox:default", Buffer.from("body"));
    expect((await second.open(db, "inbox:default", sealed)).toString()).toBe("body");
    const later = await openHere(KEY);
    expect((await later.open(db, "inbox:default", sealed)).toString()).toBe("body");
    expect(await db.query("select count(*) from data_key")).toEqual([{ count: "1" }]);
  });

  test("with the wrong ENCRYPTION_KEY says what to do and changes nothing", async () => {
    await openHere(KEY);
    const before = await db.query("select * from data_key");
    const opening = openHere(Buffer.alloc(32, 2));
    await expect(opening).rejects.toBeInstanceOf(StartError);
    await expect(opening).rejects.toThrow(
      /^ENCRYPTION_KEY is not the one [^\n]+ Set ENCRYPTION_KEY to [^\n]+$/,
    );
    expect(await db.query("select * from data_key")).toEqual(before);
  });
});

describe("a secret", () => {
  const place = { connectionId: "default", ownerId: "ast_1", name: "business_token" };
  beforeEach(async () => {
    await db.query(
      `insert into connection (id, business_id, app_id, system_user_id, graph_version, mode)
       values ('default', '1', '2', '3', 'v25.0', 'enforce')`,
    );
  });

  test("is kept sealed, replaced and removed", async () => {
    const keyring = await openHere(KEY);
    await saveSecret(db, keyring, place, "EAAG-first");
    await saveSecret(db, keyring, place, "EAAG-second");
    expect(await findSecret(db, keyring, place)).toBe("EAAG-second");
    const [row] = await db.query<{ sealed: Buffer }>("select sealed from secret");
    expect(row?.sealed.includes("EAAG")).toBe(false);
    await deleteSecret(db, place);
    expect(await findSecret(db, keyring, place)).toBeUndefined();
  });

  test("does not open in another client's place", async () => {
    const keyring = await openHere(KEY);
    await saveSecret(db, keyring, place, "EAAG");
    await db.query("update secret set owner_id = 'ast_2'");
    await expect(findSecret(db, keyring, { ...place, ownerId: "ast_2" })).rejects.toBeInstanceOf(SealError);
  });
});
