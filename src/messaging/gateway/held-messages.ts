/** The memory of one message, from before its body is read until its answer is sent. */
export interface Hold {
  /**
   * Takes more bytes, for a body without an announced length. False when there are not enough; then nothing
   * is taken.
   */
  grow(byteCount: number): boolean;
  /** Releases all of it; a second call does nothing. */
  release(): void;
}

/** `number`: this number has used its part. `all`: all of the memory is used. */
export type NoRoom = "number" | "all";

interface Held {
  messages: number;
  bytes: number;
}

/**
 * A number may use a quarter of the free memory: alone it gets a fifth of all, and others always get some.
 */
const SHARE_OF_FREE = 1 / 4;

/**
 * Counts messages and their bytes in memory, with a total limit and a fair part for each number. Does no I/O.
 */
export class HeldMessages {
  readonly #limit: Held;
  readonly #all: Held = { messages: 0, bytes: 0 };
  readonly #byNumber = new Map<string, Held>();

  constructor(limit: Held) {
    this.#limit = limit;
  }

  get byteCount(): number {
    return this.#all.bytes;
  }

  hold(numberId: string, byteCount: number): Hold | NoRoom {
    const noRoom = this.#lacking(numberId, { messages: 1, bytes: byteCount });
    if (noRoom !== null) return noRoom;
    const own = { messages: 1, bytes: byteCount };
    this.#add(numberId, own);
    return {
      grow: (more) => {
        if (this.#lacking(numberId, { messages: 0, bytes: more }) !== null) return false;
        own.bytes += more;
        this.#add(numberId, { messages: 0, bytes: more });
        return true;
      },
      release: () => {
        this.#add(numberId, { messages: -own.messages, bytes: -own.bytes });
        own.messages = own.bytes = 0;
      },
    };
  }

  /** The first message of a number is accepted while any memory is free. */
  #lacking(numberId: string, more: Held): NoRoom | null {
    const free = {
      messages: this.#limit.messages - this.#all.messages,
      bytes: this.#limit.bytes - this.#all.bytes,
    };
    if (more.messages > free.messages || more.bytes > free.bytes) return "all";
    const own = this.#byNumber.get(numberId);
    if (own === undefined || own.messages + more.messages <= 1) return null;
    const isBeyond =
      own.messages + more.messages > free.messages * SHARE_OF_FREE ||
      own.bytes + more.bytes > free.bytes * SHARE_OF_FREE;
    return isBeyond ? "number" : null;
  }

  #add(numberId: string, { messages, bytes }: Held): void {
    this.#all.messages += messages;
    this.#all.bytes += bytes;
    const own = this.#byNumber.get(numberId) ?? { messages: 0, bytes: 0 };
    const now = { messages: own.messages + messages, bytes: own.bytes + bytes };
    if (now.messages <= 0) this.#byNumber.delete(numberId);
    else this.#byNumber.set(numberId, now);
  }
}
