/** Bytes that only their key and context open, and which key that was. */
export interface Sealed {
  dataKeyId: string;
  sealed: Buffer;
}

/** A database, or the transaction that is under way on it. */
interface Queries {
  query<Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/**
 * Seals what must not be readable in the database or its backups. The one there is comes from credentials/.
 */
export interface Keyring {
  /** Seals with the current key. `context` says what it is and where it belongs, such as "inbox:default". */
  seal(context: string, plain: Uint8Array): Sealed;
  /**
   * Opens what any of our keys sealed under the same context. A key that another instance has made is read
   * through `sql`, which is the transaction inside one. Rejects with SealError.
   */
  open(sql: Queries, context: string, of: Sealed): Promise<Buffer>;
}

/** What was sealed does not open: another key, another context, or changed bytes. */
export class SealError extends Error {
  constructor(options?: ErrorOptions) {
    super("sealed bytes do not open with this key and context", options);
    this.name = "SealError";
  }
}
