import { Duplex } from "node:stream";

/**
 * A batch ends with Sync, a simple Query or Terminate: only then may the engine begin, or it would wait for
 * bytes that never come.
 */
const BATCH_END = new Set(["S", "Q", "X"].map((type) => type.charCodeAt(0)));

/**
 * Sends one whole batch and hands every piece of the answer to `received`; resolves when the answer is whole.
 */
export type Exchange = (batch: Uint8Array, received: (bytes: Uint8Array) => void) => Promise<void>;

/** The driver's socket, without a network: complete batches of PostgreSQL's wire protocol over `exchange`. */
export class EmbeddedStream extends Duplex {
  readonly #exchange: Exchange;
  #held: Buffer[] = [];
  /** The very first message of a connection has no type byte. */
  #started = false;

  constructor(exchange: Exchange) {
    super();
    this.#exchange = exchange;
  }

  /** The driver calls these on its socket. */
  connect(): this {
    queueMicrotask(() => this.emit("connect"));
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#take([chunk]).then(() => done(), done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#take(chunks.map(({ chunk }) => chunk)).then(() => done(), done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.push(null);
    done();
  }

  async #take(chunks: Buffer[]): Promise<void> {
    this.#held.push(...chunks);
    const batch = Buffer.concat(this.#held);
    if (this.#started && !BATCH_END.has(lastTypeOf(batch))) return;
    this.#started = true;
    this.#held = [];
    await this.#exchange(batch, (bytes) => this.push(bytes));
  }
}

/**
 * The type byte of the last message of `batch`, which holds whole messages: type (1 byte), length (4 bytes,
 * itself included), body.
 */
function lastTypeOf(batch: Buffer): number {
  let type = 0;
  for (let at = 0; at + 5 <= batch.length; at += 1 + batch.readUInt32BE(at + 1)) type = batch.readUInt8(at);
  return type;
}
