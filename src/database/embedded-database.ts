import { accessSync, constants, existsSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import pg from "pg";
import type { Clock } from "../lib/clock.ts";
import { Mutex } from "../lib/mutex.ts";
import { fileFailureOf, StartError } from "../lib/start-error.ts";
import type { Database } from "./database.ts";
import { lockDataDir, unusable } from "./data-dir-lock.ts";
import { syncDirectory, syncTree } from "./durable-files.ts";
import { EmbeddedEngine } from "./embedded-engine.ts";
import { EmbeddedStream } from "./embedded-stream.ts";
import { EmbeddedUpkeep } from "./embedded-upkeep.ts";
import { Listeners } from "./listeners.ts";
import { makeTreePrivate } from "./private-files.ts";
import { runStatement, runTransaction, TransactionGuard } from "./run-transaction.ts";

/** A DATA_DIR that leaves nothing behind, for tests. */
export const IN_MEMORY = "memory://";

export interface EmbeddedOptions {
  dataDir: string;
  clock: Clock;
  /** In memory only: begin as a copy of this cluster (`dump`). */
  image?: Uint8Array<ArrayBuffer>;
}

export interface EmbeddedDatabase extends Database {
  readonly kind: "embedded";
  /** The whole cluster as a tar. */
  dump(): Promise<Uint8Array>;
}

/**
 * PostgreSQL inside this process (PGlite), for tests and small installations: one process, one connection,
 * durable at every commit. The ordinary driver speaks to it, so that values look the same as with a server.
 * Throws StartError.
 */
export async function openEmbeddedDatabase(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  if (options.dataDir === IN_MEMORY) {
    const engine = await EmbeddedEngine.open({ directory: undefined, image: options.image });
    return connect(engine, options.clock, () => undefined);
  }
  const lock = lockDataDir(options.dataDir, options.clock);
  try {
    const directory = await prepareCluster(resolve(options.dataDir));
    return await connect(await openCluster(directory), options.clock, () => lock.release());
  } catch (error) {
    lock.release();
    throw fileFailureOf(error) === undefined ? error : unusable(options.dataDir, error);
  }
}

/**
 * Makes the cluster on the first start, beside its place, and moves it there when it is whole and on the
 * disk: a start that is cut short leaves nothing that looks like a database.
 */
async function prepareCluster(dataDir: string): Promise<string> {
  const directory = join(dataDir, "database");
  if (existsSync(directory)) {
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    return directory;
  }
  const unfinished = join(dataDir, "database.unfinished");
  rmSync(unfinished, { recursive: true, force: true });
  const engine = await openCluster(unfinished);
  await engine.close();
  makeTreePrivate(unfinished);
  syncTree(unfinished);
  renameSync(unfinished, directory);
  syncDirectory(dataDir);
  return directory;
}

async function openCluster(directory: string): Promise<EmbeddedEngine> {
  try {
    return await EmbeddedEngine.open({ directory, image: undefined });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(
      `The embedded database in ${directory} does not open (${why}). Set DATA_DIR to a new directory on ` +
        "a disk with room, or restore it from a backup.",
      { cause: error },
    );
  }
}

async function connect(engine: EmbeddedEngine, clock: Clock, letGo: () => void): Promise<EmbeddedDatabase> {
  const upkeep = new EmbeddedUpkeep(clock);
  const stream = new EmbeddedStream((batch, received) => {
    upkeep.count(batch.length);
    return engine.exchange(batch, received);
  });
  // Everything is given here: the driver would otherwise read PGHOST, PGUSER and its like from the
  // environment.
  const client = new pg.Client({
    stream: () => stream,
    host: "embedded",
    port: 5432,
    user: "postgres",
    database: "postgres",
    password: "",
    ssl: false,
  });
  client.on("error", () => undefined); // Every open statement gets the error itself.
  await client.connect();
  await client.query("set time zone 'UTC'");
  return embeddedDatabase(engine, client, upkeep, letGo);
}

/** There is one connection, so statements queue; a transaction keeps the connection until its end. */
function embeddedDatabase(
  engine: EmbeddedEngine,
  client: pg.Client,
  upkeep: EmbeddedUpkeep,
  letGo: () => void,
): EmbeddedDatabase {
  const queue = new Mutex();
  const guard = new TransactionGuard();
  const run = (text: string): Promise<object[]> => queue.run(() => runStatement(client, text));
  const listeners = new Listeners(
    (channel) => run(`listen ${pg.escapeIdentifier(channel)}`),
    (channel) => run(`unlisten ${pg.escapeIdentifier(channel)}`),
  );
  client.on("notification", ({ channel, payload }) => listeners.notify(channel, payload ?? ""));
  upkeep.start(run);
  return {
    kind: "embedded",
    async query(text, values) {
      guard.check();
      return queue.run(() => runStatement(client, text, values));
    },
    async transaction(work) {
      guard.check();
      return queue.run(() => runTransaction(client, (tx) => guard.enter(() => work(tx))));
    },
    async listen(channel, notify) {
      guard.check();
      return listeners.add(channel, notify);
    },
    dump: () => queue.run(() => engine.dump()),
    async close() {
      upkeep.stop();
      await queue.run(async () => {
        await client.end();
        await engine.close();
        letGo();
      });
    },
  };
}
