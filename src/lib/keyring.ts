/** Bytes that only their key and context open, and which key that was. */
interface Sealed {
  dataKeyId: string;
  sealed: Buffer;
}

/**
 * Seals what must not be readable in the database or its backups. The one there is comes from credentials/.
 */
export interface Keyring {
  /** Seals with the newest key. `context` says what it is and where it belongs, such as "inbox:default". */
  seal(context: string, plain: Uint8Array): Sealed;
  /** Opens what any of our keys sealed under the same context. Throws SealError. */
  open(context: string, dataKeyId: string, sealed: Buffer): Buffer;
}

/** What was sealed does not open: another key, another context, or changed bytes. */
export class SealError extends Error {
  constructor(options?: ErrorOptions) {
    super("sealed bytes do not open with this key and context", options);
    this.name = "SealError";
  }
}
