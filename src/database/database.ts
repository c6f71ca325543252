/**
 * The only access to SQL. PostgreSQL by DATABASE_URL, or the embedded database (PGlite in a worker thread,
 * with real fsync): the same SQL and the same tests on both.
 *
 * A transaction owns its connection. Inside `transaction(work)` every statement goes through the `tx` it is
 * given; a call on the Database itself throws there, on both kinds: on the embedded one it would wait for
 * itself for ever, on PostgreSQL it would run outside the transaction. No transaction is held across a call
 * to Meta.
 */
export interface Database extends Sql {
  readonly kind: "embedded" | "postgres";
  /**
   * Runs `work` in one transaction: commits when it resolves, rolls back when it rejects. Serialised on the
   * embedded database.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * Calls `notify` for each later NOTIFY on `channel`, until the returned function is called. Some may be
   * lost: poll too. Calls `onResumed` when a lost LISTEN stands again; notices of the meantime are lost.
   */
  listen(
    channel: string,
    notify: (payload: string) => void,
    onResumed?: () => void,
  ): Promise<() => Promise<void>>;
  /** Waits for what is under way, then lets go of files and sockets. */
  close(): Promise<void>;
}

export interface Sql {
  /**
   * Runs one statement and returns its rows; several without parameters, and the rows of all. Parameters are
   * $1, $2, …; bigint columns come back as strings, timestamptz as Date, jsonb as values, bytea as Buffer.
   * Throws DatabaseError; `code` is the SQLSTATE.
   */
  query<Row extends object = Record<string, unknown>>(
    text: string,
    values?: readonly unknown[],
  ): Promise<Row[]>;
}

/** A transaction's own handle. The brand keeps a Database from being passed where a transaction is needed. */
export interface Tx extends Sql {
  readonly inTransaction: true;
}

/**
 * What the database refused. `code` is the SQLSTATE (23505: unique violation), or "unavailable" when it could
 * not be reached.
 */
export class DatabaseError extends Error {
  readonly code: string;
  constructor(message: string, code: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "DatabaseError";
    this.code = code;
  }
}
