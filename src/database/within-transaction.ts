import type { Database, Tx } from "./database.ts";

/**
 * A transaction under way, seen as a database: what takes its own transactions joins this one, and all of it is committed or rolled
 * back together. There are no savepoints: whoever catches a failure inside has lost the whole.
 */
export function withinTransaction(tx: Tx, db: Pick<Database, "kind">): Database {
  const refuse = (): never => {
    throw new Error("Broken assumption: within a transaction nothing is listened to or closed");
  };
  return {
    kind: db.kind,
    query: (text, values) => tx.query(text, values),
    transaction: (work) => work(tx),
    listen: refuse,
    close: refuse,
  };
}
