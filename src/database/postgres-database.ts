import pg from "pg";
import type { Clock } from "../lib/clock.ts";
import { StartError } from "../lib/start-error.ts";
import type { Database } from "./database.ts";
import { databaseErrorOf } from "./database-failure.ts";
import { PostgresListener } from "./postgres-listener.ts";
import { runStatement, runTransaction, TransactionGuard } from "./run-transaction.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const MAX_CONNECTIONS = 10;

/** A PostgreSQL server (15 or newer) by its URL. Throws StartError when it does not answer. */
export async function openPostgresDatabase(databaseUrl: string, clock: Clock): Promise<Database> {
  const settings = {
    connectionString: databaseUrl,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    application_name: "sharekeeper",
  };
  const poolSettings: PoolSettings = { ...settings, max: MAX_CONNECTIONS, onConnect: prepareConnection };
  const pool = new pg.Pool(poolSettings);
  pool.on("error", () => undefined); // An idle connection broke: the pool drops it and makes another when one is needed.
  await checkReachable(pool);
  return postgresDatabase(pool, new PostgresListener(() => new pg.Client(settings), clock));
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

function postgresDatabase(pool: pg.Pool, listener: PostgresListener): Database {
  const guard = new TransactionGuard();
  return {
    kind: "postgres",
    async query(text, values) {
      guard.check();
      return withConnection(pool, (client) => runStatement(client, text, values));
    },
    async transaction(work) {
      guard.check();
      return withConnection(pool, (client) => runTransaction(client, (tx) => guard.enter(() => work(tx))));
    },
    async listen(channel, heard) {
      guard.check();
      return listener.listen(channel, heard);
    },
    async close() {
      await listener.close();
      await pool.end();
    },
  };
}

async function withConnection<T>(pool: pg.Pool, use: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => Promise.reject(databaseErrorOf(error)));
  let broken = false;
  const onError = (): void => void (broken = true);
  client.on("error", onError);
  try {
    return await use(client);
  } finally {
    client.off("error", onError);
    client.release(broken);
  }
}
