import type { IncomingMessage } from "node:http";
import type { ClientAddress } from "../../lib/client-address.ts";
import { isLoopback } from "../../lib/loopback.ts";
import { networkOf } from "../../lib/network-of.ts";

const MIB = 1024 * 1024;
/** What all bodies together may hold that came from callers we do not know yet. */
export const UNKNOWN_BYTES = 64 * MIB;
/** The most of it that one sender may hold: the rest stays free for Meta. */
export const UNKNOWN_BYTES_OF_ONE = 16 * MIB;

/** What one request holds of the room. */
export interface HeldBytes {
  /** False, and nothing taken, when there is no room. */
  take(byteCount: number): boolean;
  giveBack(): void;
}

/**
 * The bytes in memory that nobody has vouched for yet: bodies before their signature, their key or their link is checked. No sender fills the
 * room alone. A proxy that TRUSTED_PROXIES does not name makes one sender of all its callers; on this machine itself it is recognised, and
 * then only the bound over all holds.
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
