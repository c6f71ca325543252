import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../lib/clock.ts";
import { StartError } from "../lib/start-error.ts";
import { lockDataDir } from "./data-dir-lock.ts";
import { DURABLE_START_PARAMS, DurableFiles } from "./durable-files.ts";
import { openDatabase } from "./open-database.ts";

let dataDir: string;
beforeEach(() => void (dataDir = mkdtempSync(join(tmpdir(), "sharekeeper-database-"))));
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

test("every commit is synced to the disk", async () => {
  let syncs = 0;
  const fs = new DurableFiles(join(dataDir, "database"), () => (syncs += 1));
  const engine = await PGlite.create({ fs, startParams: [...DURABLE_START_PARAMS] });
  await engine.exec("create table box (id int)");
  const before = syncs;
  for (let id = 0; id < 20; id += 1) await engine.query("insert into box values ($1)", [id]);
  expect(syncs - before).toBeGreaterThanOrEqual(20);
  await engine.close();
});

test("a second start finds the data of the first, and what an interrupted first start left is no database", async () => {
  mkdirSync(join(dataDir, "database.unfinished"));
  writeFileSync(join(dataDir, "database.unfinished", "PG_VERSION"), "incomplete");
  const first = await openDatabase({ dataDir });
  await first.query("create table box (id int)");
  await first.query("insert into box values (7)");
  await first.close();
  const second = await openDatabase({ dataDir });
  expect(await second.query("select id from box")).toEqual([{ id: 7 }]);
  await second.close();
});

test("a second process on one DATA_DIR names the holder and what to do; the lock ends with its holder", async () => {
  const holder = spawn(process.execPath, ["--input-type=module", "--eval", holdingScript()], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await once(holder.stdout, "data");
    const opening = openDatabase({ dataDir });
    await expect(opening).rejects.toBeInstanceOf(StartError);
    await expect(opening).rejects.toThrow(
      new RegExp(
        `in use by another Sharekeeper \\(pid ${holder.pid}, started 20.*Z\\)\\. Stop that one first`,
      ),
    );
  } finally {
    holder.kill("SIGKILL");
    await once(holder, "exit");
  }
  lockDataDir(dataDir, systemClock).release();
});

function holdingScript(): string {
  const lock = fileURLToPath(new URL("./data-dir-lock.ts", import.meta.url));
  const clock = fileURLToPath(new URL("../lib/clock.ts", import.meta.url));
  return `
    import { lockDataDir } from ${JSON.stringify(lock)};
    import { systemClock } from ${JSON.stringify(clock)};
    globalThis.lock = lockDataDir(${JSON.stringify(dataDir)}, systemClock);
    process.stdout.write("held");
    setInterval(() => {}, 1000);`;
}

test("a directory that cannot be written is named in the error", async () => {
  const file = join(dataDir, "a-file");
  writeFileSync(file, "");
  await expect(openDatabase({ dataDir: join(file, "below") })).rejects.toThrow(
    /cannot be written .* Set DATA_DIR/,
  );
});

test("a directory that is no database is named in the error, and unlocked again", async () => {
  mkdirSync(join(dataDir, "database"));
  writeFileSync(join(dataDir, "database", "PG_VERSION"), "9.1\n");
  await expect(openDatabase({ dataDir })).rejects.toThrow(/does not open/);
  lockDataDir(dataDir, systemClock).release();
});

test("a PostgreSQL that does not answer is reported without its password", async () => {
  const opening = openDatabase({ databaseUrl: "postgres://user:hidden-word@127.0.0.1:1/none", dataDir });
  await expect(opening).rejects.toBeInstanceOf(StartError);
  await expect(opening).rejects.toThrow(/Check DATABASE_URL/);
  await expect(opening).rejects.not.toThrow(/hidden-word/);
});
