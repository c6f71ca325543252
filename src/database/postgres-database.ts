import pg from "pg";
import type { Clock } from "../lib/clock.ts";
import { StartError } from "../lib/start-error.ts";
import type { Database } from "./database.ts";
import { databaseErrorOf } from "./database-failure.ts";
import { PostgresListener } from "./postgres-listener.ts";
import { PoolWatch } from "./postgres-watch.ts";
import { runStatement, runTransaction, TransactionGuard } from "./run-transaction.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 10;
/**
 * After this idle time the system sends keep-alive probes, ten in ten seconds, before it breaks the
 * connection.
 */
const KEEP_ALIVE_AFTER_MS = 5_000;

/** A PostgreSQL server (15 or newer) by its URL. Throws StartError when it does not answer. */
export async function openPostgresDatabase(databaseUrl: string, clock: Clock): Promise<Database> {
  const settings = {
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS,
    application_name: "sharekeeper",
  };
  const watch = new PoolWatch();
  const poolSettings: PoolSettings = {
    ...settings,
    max: MAX_CONNECTIONS,
    onConnect: async (client) => {
      watch.made(client);
      await prepareConnection(client);
    },
  };
  const pool = new pg.Pool(poolSettings);
  pool.on("error", () => undefined); // An idle connection broke: the pool drops it and makes another when one is needed.
  await checkReachable(pool);
  const listener = new PostgresListener(
    () => new pg.Client(settings),
    clock,
    () => watch.onUnanswered(),
  );
  return postgresDatabase({ pool, watch }, listener);
}

/** The pool, and the watch that knows which of its connections still answer. */
interface WatchedPool {
  pool: pg.Pool;
  watch: PoolWatch;
}

/** The pool waits for `onConnect`; its types do not say so. */
type PoolSettings = Omit<pg.PoolConfig, "onConnect"> & {
  onConnect(client: pg.ClientBase): Promise<void>;
};

/** The same session on every connection, whatever the server's own default. */
async function prepareConnection(client: pg.ClientBase): Promise<void> {
  await client.query("set time zone 'UTC'");
}

/** The message never holds the URL: it may carry a password. */
async function checkReachable(pool: pg.Pool): Promise<void> {
  try {
    await pool.query("select 1");
  } catch (error) {
    await pool.end();
    const why = databaseErrorOf(error).message.replaceAll(/\s+/g, " ");
    throw new StartError(
      `The database does not answer (${why}). Check DATABASE_URL, or unset it to use the embedded database.`,
      { cause: error },
    );
  }
}

function postgresDatabase(watched: WatchedPool, listener: PostgresListener): Database {
  const guard = new TransactionGuard();
  return {
    kind: "postgres",
    async query(text, values) {
      guard.check();
      return withConnection(watched, (client) => runStatement(client, text, values));
    },
    async transaction(work) {
      guard.check();
      return withConnection(watched, (client) => runTransaction(client, (tx) => guard.enter(() => work(tx))));
    },
    async listen(channel, notify, onResumed) {
      guard.check();
      return listener.listen(channel, notify, onResumed);
    },
    async close() {
      await listener.close();
      await watched.pool.end();
    },
  };
}

async function withConnection<T>(
  { pool, watch }: WatchedPool,
  use: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await takeConnection({ pool, watch });
  let broken = false;
  const onError = (): void => void (broken = true);
  const ended = watch.used(client, () => {
    broken = true;
    (client as pg.PoolClient & pg.Client).end().catch(() => undefined);
  });
  client.on("error", onError);
  try {
    return await use(client);
  } finally {
    ended();
    client.off("error", onError);
    client.release(broken);
  }
}

async function takeConnection({ pool, watch }: WatchedPool): Promise<pg.PoolClient> {
  for (;;) {
    const client = await pool.connect().catch((error: unknown) => Promise.reject(databaseErrorOf(error)));
    if (!watch.isFromBefore(client)) return client;
    client.release(true);
  }
}
