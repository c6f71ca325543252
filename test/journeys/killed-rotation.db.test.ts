/** A key rotation whose process is killed in the middle: it goes on, and nothing is unreadable. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseKeysConfig } from "../../src/config/parse-config.ts";
import { openKeyring } from "../../src/credentials/open-keyring.ts";
import { secretContextOf } from "../../src/credentials/secret-place.ts";
import type { Database } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { systemRandom } from "../../src/lib/random.ts";
import { runCommand, startCommand } from "../support/command.ts";
import { OWN_SECRETS } from "../support/own-secrets.ts";
import { openSandbox, type TestSandbox } from "../support/sandbox.ts";

const { ENCRYPTION_KEY: OLD, META_APP_SECRET: NEW } = OWN_SECRETS;
/** Sixty batches, so that a kill after the first comes before the last. */
const SECRETS = 12_000;

let app: TestSandbox;
beforeAll(async () => {
  app = await openSandbox({ ENCRYPTION_KEY: OLD });
}, 60_000);
afterAll(() => app.stop());

const place = (nth: number) => ({ connectionId: "default", ownerId: `owner_${nth}`, name: "test" });

async function withDatabase<Result>(work: (db: Database) => Promise<Result>): Promise<Result> {
  const db = await openDatabase({ databaseUrl: app.env.DATABASE_URL, dataDir: app.dataDir });
  try {
    return await work(db);
  } finally {
    await db.close();
  }
}

const keyringOf = (db: Database, key: string) =>
  openKeyring(
    { db, clock: systemClock, random: systemRandom },
    parseKeysConfig({ DATA_DIR: app.dataDir, ENCRYPTION_KEY: key }).encryptionKey,
  );

/** Secrets of many owners, sealed with the key of today. */
async function sealMany(db: Database): Promise<void> {
  const keyring = await keyringOf(db, OLD);
  const rows = Array.from({ length: SECRETS }, (_, nth) => {
    const { dataKeyId, sealed } = keyring.seal(secretContextOf(place(nth)), Buffer.from(`secret ${nth}`));
    return { owner_id: place(nth).ownerId, data_key_id: dataKeyId, sealed: sealed.toString("hex") };
  });
  await db.query(
    `insert into secret (connection_id, owner_id, name, data_key_id, sealed)
     select 'default', owner_id, 'test', data_key_id, decode(sealed, 'hex')
     from jsonb_to_recordset($1::jsonb) as row (owner_id text, data_key_id text, sealed text)`,
    [JSON.stringify(rows)],
  );
}

/** How many of the secrets each data key seals. */
const countsOf = (db: Database) =>
  db.query<{ count: number }>(
    "select count(*)::int as count from secret where name = 'test' group by data_key_id order by 1",
  );

// Each command is a process of its own, on a machine that has other work.
test(
  "a rotation that is killed goes on where it was, and nothing is lost",
  { timeout: 120_000 },
  async () => {
    await sealMany(app.database());
    await app.halt();
    const at = {
      DATA_DIR: app.dataDir,
      ...(app.env.DATABASE_URL !== undefined && { DATABASE_URL: app.env.DATABASE_URL }),
    };
    const both = { ...at, ENCRYPTION_KEY: NEW, ENCRYPTION_KEY_PREVIOUS: OLD };

    const killed = startCommand(["keys", "rotate"], both);
    await killed.said("sealed with the new key");
    killed.kill("SIGKILL");
    expect((await killed.ended).code).toBeNull();
    // Some rows have the new key already, and some have not.
    const counts = await withDatabase(countsOf);
    expect(counts).toHaveLength(2);
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(SECRETS);

    const goesOn = await runCommand(["keys", "rotate"], both);
    expect(goesOn.code, goesOn.stderr).toBe(0);
    expect(goesOn.stderr).toMatch(/No row needs an old key\.$/m);

    await withDatabase(async (db) => {
      expect(await countsOf(db)).toEqual([{ count: SECRETS }]);
      const keyring = await keyringOf(db, NEW);
      const rows = await db.query<{ owner_id: string; data_key_id: string; sealed: Buffer }>(
        "select owner_id, data_key_id, sealed from secret where name = 'test'",
      );
      for (const { owner_id, data_key_id: dataKeyId, sealed } of rows) {
        const nth = Number(owner_id.replace("owner_", ""));
        const plain = await keyring.open(db, secretContextOf(place(nth)), { dataKeyId, sealed });
        expect(plain.toString()).toBe(`secret ${nth}`);
      }
    });
    const refused = await runCommand(["keys", "status"], { ...at, ENCRYPTION_KEY: OLD });
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/^sharekeeper: ENCRYPTION_KEY is not the one /);
  },
);
