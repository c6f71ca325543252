import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { Clock } from "../lib/clock.ts";
import { StartError } from "../lib/start-error.ts";
import { checkPrivateDirectory, makePrivateDirectory } from "./private-files.ts";

/** What of the directory is held: the embedded database, or the emulator's world. */
export type Held = "sharekeeper" | "emulator-world";

const holderShape = z.object({ pid: z.number(), startedAt: z.string() });

/**
 * Takes the directory for this process alone; two processes on one embedded database would lose rows without
 * a word. The lock is an SQLite file held in an exclusive transaction: the operating system frees it when the
 * process ends, however it ends. `what` names the part that is locked: the emulated world has a lock of its
 * own. Throws StartError that names the holder.
 */
export function lockDataDir(dataDir: string, clock: Clock, held: Held = "sharekeeper"): { release(): void } {
  const lock = openLock(dataDir, held);
  const holderPath = join(dataDir, `${held}.pid`);
  try {
    lock.exec("begin exclusive");
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw unusable(dataDir, error);
    throw new StartError(
      `${dataDir} is in use by another Sharekeeper${holderOf(holderPath)}. ` +
        `Stop that one first, or set DATA_DIR to another directory.`,
      { cause: error },
    );
  }
  const holder = { pid: process.pid, startedAt: new Date(clock.now()).toISOString() };
  try {
    writeFileSync(holderPath, JSON.stringify(holder));
  } catch (error) {
    lock.close();
    throw unusable(dataDir, error);
  }
  return { release: () => lock.close() };
}

/**
 * Who holds the directory now, null when nobody does. Takes nothing and makes nothing: a reader is refused
 * while another process holds its exclusive transaction. `pid` is null when the holder has left no note.
 */
export function findDataDirHolder(
  dataDir: string,
  held: Held = "sharekeeper",
): { pid: number | null; startedAt: string | null } | null {
  const path = join(dataDir, `${held}.lock`);
  if (!existsSync(path)) return null;
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(path, { readOnly: true });
    lock.prepare("select count(*) from lock").get();
    return null;
  } catch (error) {
    if (!isBusy(error)) return null;
    return readHolder(join(dataDir, `${held}.pid`)) ?? { pid: null, startedAt: null };
  } finally {
    lock?.close();
  }
}

function openLock(dataDir: string, held: Held): DatabaseSync {
  const path = join(dataDir, `${held}.lock`);
  checkPrivateDirectory(dataDir);
  try {
    makePrivateDirectory(dataDir);
    // Waits half a second: the previous process may still be stopping.
    const lock = new DatabaseSync(path, { timeout: 500 });
    lock.exec("create table if not exists lock (held integer)");
    return lock;
  } catch (error) {
    if (isBusy(error)) return new DatabaseSync(path);
    throw unusable(dataDir, error);
  }
}

/** Another user's directory, a read-only or a full disk, a file where a folder belongs. */
export function unusable(dataDir: string, error: unknown): StartError {
  const why = error instanceof Error ? error.message : String(error);
  return new StartError(
    `${dataDir} cannot be written (${why}). Set DATA_DIR to a directory this user may write, on a disk ` +
      "with room.",
    { cause: error },
  );
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === 5;
}

function holderOf(path: string): string {
  const holder = readHolder(path);
  return holder === null ? "" : ` (pid ${holder.pid}, started ${holder.startedAt})`;
}

function readHolder(path: string): z.output<typeof holderShape> | null {
  try {
    return holderShape.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null;
  }
}
