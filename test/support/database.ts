import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { DatabaseError } from "../../src/database/database.ts";
import type { Database } from "../../src/database/database.ts";
import { IN_MEMORY, openEmbeddedDatabase } from "../../src/database/embedded-database.ts";
import { migrate, readMigrations } from "../../src/database/migrate.ts";
import { openPostgresDatabase } from "../../src/database/postgres-database.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { systemRandom } from "../../src/lib/random.ts";

export interface TestDatabase {
  db: Database;
  drop(): Promise<void>;
}

/**
 * A fresh, migrated database of a test's own: embedded in memory, or on the server of DATABASE_URL. Drop it
 * in afterEach or afterAll.
 */
export function testDatabase(): Promise<TestDatabase> {
  const { DATABASE_URL } = process.env;
  return DATABASE_URL ? serverDatabase(DATABASE_URL, true) : embeddedDatabase(true);
}

/** The same, without our schema: for the tests of migration itself. */
export function emptyDatabase(): Promise<TestDatabase> {
  const { DATABASE_URL } = process.env;
  return DATABASE_URL ? serverDatabase(DATABASE_URL, false) : embeddedDatabase(false);
}

/** Embedded databases that were dropped: an emptied schema is ready ten times sooner than a new engine. */
const idle: Database[] = [];

async function embeddedDatabase(migrated: boolean): Promise<TestDatabase> {
  const reused = idle.pop();
  const engine = reused ?? (await openFromImage());
  if (reused || !migrated) await startAgain(engine, migrated);
  const { db, end } = untilDropped(engine);
  return {
    db,
    async drop() {
      await end();
      idle.push(engine);
    },
  };
}

async function openFromImage(): Promise<Database> {
  const image = new Uint8Array(readFileSync(join(await findImage(), TAR)));
  return openEmbeddedDatabase({ dataDir: IN_MEMORY, clock: systemClock, image });
}

async function startAgain(db: Database, migrated: boolean): Promise<void> {
  const schemas = await db.query<{ name: string }>(
    "select nspname as name from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'",
  );
  for (const { name } of schemas) await db.query(`drop schema "${name}" cascade`);
  await db.query("create schema public");
  if (migrated) await migrate(db, systemClock);
}

/**
 * A view of `db` that throws after its end, so that what a test left running cannot reach the next one's
 * data.
 */
function untilDropped(engine: Database): { db: Database; end(): Promise<void> } {
  let dropped = false;
  const endings: (() => Promise<void>)[] = [];
  const check = (): Database => {
    if (dropped) throw new DatabaseError("this test database was dropped", "unavailable");
    return engine;
  };
  const db: Database = {
    kind: engine.kind,
    query: async (text, values) => check().query(text, values),
    transaction: async (work) => check().transaction(work),
    async listen(channel, notify, onResumed) {
      const ending = await check().listen(channel, notify, onResumed);
      endings.push(ending);
      return ending;
    },
    close: async () => undefined,
  };
  const end = async (): Promise<void> => {
    for (const ending of endings) await ending();
    dropped = true;
  };
  return { db, end };
}

async function serverDatabase(serverUrl: string, migrated: boolean): Promise<TestDatabase> {
  const server = await openPostgresDatabase(serverUrl, systemClock);
  const name = `sharekeeper_test_${systemRandom.bytes(8).toString("hex")}`;
  await server.query(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const db = await openPostgresDatabase(url.href, systemClock);
  if (migrated) await migrate(db, systemClock);
  return {
    db,
    async drop() {
      await db.close();
      await server.query(`drop database ${name} with (force)`);
      await server.close();
    },
  };
}

/**
 * Puts a migrated cluster into an empty DATA_DIR. A start that finds none makes one, which takes seconds of
 * work: only tests of that first start leave it to it.
 */
export async function prepareDataDir(dataDir: string): Promise<void> {
  cpSync(join(await findImage(), "database"), join(dataDir, "database"), { recursive: true });
}

const CACHE = fileURLToPath(new URL("../../node_modules/.cache/sharekeeper/", import.meta.url));
const TAR = "image.tar";

let image: Promise<string> | undefined;

/**
 * A folder with a migrated cluster to copy, as files and as a tar. It is made once for these migrations and
 * this PGlite, and kept beside the installed packages.
 */
function findImage(): Promise<string> {
  const folder = join(CACHE, imageKey());
  image ??= existsSync(folder) ? Promise.resolve(folder) : makeImage(folder);
  return image;
}

async function makeImage(folder: string): Promise<string> {
  mkdirSync(CACHE, { recursive: true });
  const making = mkdtempSync(`${folder}.`);
  try {
    await fillImage(making);
    renameSync(making, folder);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    // Several test processes may make it at once: the first one's stays.
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

async function fillImage(folder: string): Promise<void> {
  const db = await openEmbeddedDatabase({ dataDir: folder, clock: systemClock });
  try {
    await migrate(db, systemClock);
    // A copy begins without a recovery.
    await db.query("checkpoint");
    writeFileSync(join(folder, TAR), await db.dump());
  } finally {
    await db.close();
  }
}

function imageKey(): string {
  const engine = createRequire(import.meta.url).resolve("@electric-sql/pglite");
  const version = readFileSync(join(engine, "../../package.json"), "utf8");
  const hash = createHash("sha256").update(version);
  for (const migration of readMigrations()) hash.update(migration.hash);
  return hash.digest("hex").slice(0, 16);
}
