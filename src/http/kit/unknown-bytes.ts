import type { IncomingMessage } from "node:http";
import type { ClientAddress } from "../../lib/client-address.ts";
import { isLoopback } from "../../lib/loopback.ts";
import { networkOf } from "../../lib/network-of.ts";

const MIB = 1024 * 1024;
/** The most bytes that all bodies of unauthenticated callers may use together. */
export const UNKNOWN_BYTES = 64 * MIB;
/** The most bytes that one sender may use: the rest stays free for Meta. */
export const UNKNOWN_BYTES_OF_ONE = 16 * MIB;

/** The bytes that one request has taken. */
export interface HeldBytes {
  /** False when there is not enough memory left; then nothing is taken. */
  take(byteCount: number): boolean;
  giveBack(): void;
}

/**
 * Counts the bytes in memory that nobody has vouched for yet: bodies before their signature, key or link is
 * checked. One sender cannot use all of it. All callers of a proxy that TRUSTED_PROXIES does not name count
 * as one sender. A proxy on this machine itself is recognised: then only the total limit applies.
 */
export class UnknownBytes {
  readonly #addressOf: ClientAddress;
  readonly #bySender = new Map<string, number>();
  #held = 0;

  constructor(addressOf: ClientAddress) {
    this.#addressOf = addressOf;
  }

  open(request: Pick<IncomingMessage, "headers" | "socket">): HeldBytes {
    const address = this.#addressOf(request);
    const sender = networkOf(address);
    const most = isLoopback(address) ? UNKNOWN_BYTES : UNKNOWN_BYTES_OF_ONE;
    let own = 0;
    return {
      take: (byteCount) => {
        const ofSender = this.#bySender.get(sender) ?? 0;
        if (this.#held + byteCount > UNKNOWN_BYTES || ofSender + byteCount > most) return false;
        own += byteCount;
        this.#change(sender, byteCount);
        return true;
      },
      giveBack: () => {
        this.#change(sender, -own);
        own = 0;
      },
    };
  }

  #change(sender: string, byteCount: number): void {
    this.#held += byteCount;
    const ofSender = (this.#bySender.get(sender) ?? 0) + byteCount;
    if (ofSender === 0) this.#bySender.delete(sender);
    else this.#bySender.set(sender, ofSender);
  }
}
