import { AsyncLocalStorage } from "node:async_hooks";
import type { Client } from "pg";
import { assert } from "../lib/assert.ts";
import { Mutex } from "../lib/mutex.ts";
import { DatabaseError } from "./database.ts";
import type { Tx } from "./database.ts";
import { databaseErrorOf } from "./database-failure.ts";

/** The part of the driver's connection that both databases use. */
export type Connection = Pick<Client, "query">;

/**
 * Runs one statement, or several without parameters: then the rows of all of them, in order. Every failure is
 * a DatabaseError.
 */
export async function runStatement<Row extends object>(
  connection: Connection,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  try {
    // Without parameters the simple protocol is used: a migration may hold several statements, and the driver
    // returns a list.
    const answer: unknown = await (values.length
      ? connection.query(text, [...values])
      : connection.query(text));
    const answers = (Array.isArray(answer) ? answer : [answer]) as { rows: Row[] }[];
    return answers.flatMap(({ rows }) => rows);
  } catch (error) {
    throw databaseErrorOf(error);
  }
}

/** Runs `work` between BEGIN and COMMIT on a connection of its own; rolls back when `work` rejects. */
export async function runTransaction<T>(connection: Connection, work: (tx: Tx) => Promise<T>): Promise<T> {
  await runStatement(connection, "begin");
  const queue = new Mutex();
  let open = true;
  const tx: Tx = {
    inTransaction: true,
    query: (text, values) => {
      assert(open, "a transaction's handle was used after its end");
      return queue.run(() => runStatement(connection, text, values));
    },
  };
  try {
    const result = await work(tx);
    open = false;
    await queue.run(() => commit(connection));
    return result;
  } catch (error) {
    open = false;
    await queue.run(() => rollBack(connection));
    throw error;
  }
}

/**
 * PostgreSQL answers COMMIT of a failed transaction with ROLLBACK and no error: work that hid an error would
 * be lost.
 */
async function commit(connection: Connection): Promise<void> {
  const answer = await connection
    .query("commit")
    .catch((error: unknown) => Promise.reject(databaseErrorOf(error)));
  if (answer.command !== "COMMIT") {
    throw new DatabaseError("a statement of this transaction had failed, so it was rolled back", "25P02");
  }
}

/** The caller gets the reason for the rollback, also when the connection is gone. */
async function rollBack(connection: Connection): Promise<void> {
  await connection.query("rollback").catch(() => undefined);
}

/**
 * Knows whether the code that runs now runs inside a transaction's work, however deep. There a call on the
 * Database itself would wait for its own end (embedded) or run outside the transaction (PostgreSQL), so it
 * throws.
 */
export class TransactionGuard {
  readonly #inside = new AsyncLocalStorage<{ open: boolean }>();

  /**
   * Throws inside a transaction's work. Code that only started there, and still runs after its end, may pass.
   */
  check(): void {
    assert(!this.#inside.getStore()?.open, "inside a transaction every statement goes through its tx");
  }

  async enter<T>(task: () => Promise<T>): Promise<T> {
    const mark = { open: true };
    try {
      return await this.#inside.run(mark, task);
    } finally {
      mark.open = false;
    }
  }
}
