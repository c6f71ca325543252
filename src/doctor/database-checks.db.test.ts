import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { OWN_SECRETS } from "../../test/support/own-secrets.ts";
import { testDatabase, type TestDatabase } from "../../test/support/database.ts";
import { parseConfig } from "../config/parse-config.ts";
import { openKeyring } from "../credentials/open-keyring.ts";
import { lockDataDir } from "../database/data-dir-lock.ts";
import { systemClock } from "../lib/clock.ts";
import { systemRandom } from "../lib/random.ts";
import type { Examination } from "./check.ts";
import { DATABASE_CHECKS, judgeSchema } from "./database-checks.ts";
import { examine } from "./examine.ts";
import type { CheckId, Finding } from "./finding.ts";

const KEY = Buffer.from(OWN_SECRETS.ENCRYPTION_KEY, "hex");
const parts = { clock: systemClock, random: systemRandom };

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "sharekeeper-doctor-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 }));

/** Complete settings without a reachable Meta: this test uses only the database. */
async function findings(): Promise<Map<CheckId, Finding>> {
  const env = {
    DATA_DIR: dataDir,
    ...OWN_SECRETS,
    PUBLIC_URL: "http://127.0.0.1:1",
    PARTNER_NAME: "Example",
    PARTNER_BUSINESS_ID: "1",
    META_APP_ID: "2",
    META_SYSTEM_USER_ID: "3",
    META_CONFIG_ID: "4",
    META_GRAPH_URL: "http://127.0.0.1:1",
    META_SDK_URL: "http://127.0.0.1:1/sdk.js",
  };
  const found = await examine({ env, ...parts });
  return new Map(found.map((finding) => [finding.check, finding]));
}

const statesOf = (found: Map<CheckId, Finding>): (string | undefined)[] =>
  (["database", "migrations", "encryption_key"] as const).map((id) => found.get(id)?.state);

test("before the first start all is well, and none is made", async () => {
  const found = await findings();
  expect(statesOf(found)).toEqual(["ok", "ok", "ok"]);
  expect(found.get("database")?.sentence).toContain("the first start creates it");
  expect(readdirSync(dataDir)).toEqual([]);
});

test("S1: a directory that other users may enter is named with the command to run", async () => {
  chmodSync(dataDir, 0o755);
  const found = await findings();
  expect(found.get("database")).toMatchObject({ state: "bad" });
  expect(found.get("database")?.sentence).toContain(`chmod -R go= '${dataDir}'`);
});

test("a directory that a running Sharekeeper holds is no fault; its holder is named", async () => {
  const lock = lockDataDir(dataDir, systemClock);
  try {
    const found = await findings();
    expect(statesOf(found)).toEqual(["ok", "skipped", "skipped"]);
    expect(found.get("database")?.sentence).toContain(
      `in use by a running Sharekeeper (pid ${process.pid}, `,
    );
  } finally {
    lock.release();
  }
  expect(statesOf(await findings())).toEqual(["ok", "ok", "ok"]);
});

describe("schema and key", () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await testDatabase();
    await openKeyring({ db: database.db, ...parts }, KEY);
  });
  afterEach(() => database.drop());

  async function find(id: CheckId, key = KEY, previous?: Buffer<ArrayBuffer>): Promise<Finding | undefined> {
    const keys = { encryptionKey: key, encryptionKeyPrevious: previous };
    const config = { ...parseConfig({}, "sandbox"), ...keys };
    const nobody = (): never => {
      throw new Error("Meta is not asked");
    };
    const examination: Examination = {
      config,
      ...parts,
      database: () => Promise.resolve(database.db),
      ask: nobody,
      sharedWabas: nobody,
    };
    return DATABASE_CHECKS.find((check) => check.id === id)?.run(examination);
  }

  test("as they should be", async () => {
    expect(await find("migrations")).toMatchObject({ state: "ok" });
    expect(await find("encryption_key")).toMatchObject({ state: "ok" });
  });

  test("another key is named, with where the right one is", async () => {
    const wrong = await find("encryption_key", Buffer.alloc(32, 8));
    expect(wrong).toMatchObject({
      state: "bad",
      sentence: "is not the key that this database was encrypted with",
    });
    expect(wrong?.repair).toMatch(/key that it was last started with/);
  });

  test("a key that needs the previous one is a warning, with what ends the need", async () => {
    const found = await find("encryption_key", Buffer.alloc(32, 8), KEY);
    expect(found).toMatchObject({ state: "warning" });
    expect(found?.repair).toMatch(/^Run sharekeeper keys rotate\. .* unset ENCRYPTION_KEY_PREVIOUS\.$/);
  });

  test("an older schema needs a migration", () => {
    const older = judgeSchema({ appliedCount: 3, pendingCount: 1 });
    expect(older).toMatchObject({ state: "warning" });
    expect(older.sentence).toMatch(/^1 of 4 migrations/);
    expect(older.repair).toMatch(/`sharekeeper migrate`/);
  });

  test("a newer schema belongs to a newer version", async () => {
    await database.db.query(
      "insert into migration (number, name, hash, applied_at) values (999, 'later', 'x', '2030-01-01')",
    );
    const newer = await find("migrations");
    expect(newer).toMatchObject({ state: "bad" });
    expect(newer?.sentence).toMatch(/newer Sharekeeper/);
  });
});
