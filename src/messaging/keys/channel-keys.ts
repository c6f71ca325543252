import { lookupOfChannelKey } from "./channel-key.ts";

/** The owner of a key. */
export interface KeyHolder {
  keyId: string;
  connectionId: string;
  numberId: string;
}

/** The valid channel keys, and which of them were used. Holds state, does no I/O. */
export class ChannelKeys {
  readonly #holders: Pick<ReadonlyMap<string, KeyHolder>, "get">;
  readonly #used = new Set<string>();

  /** `holders`: by `lookupOfHash`. */
  constructor(holders: Pick<ReadonlyMap<string, KeyHolder>, "get">) {
    this.#holders = holders;
  }

  /**
   * The key's owner, or undefined when the key is unknown or has ended. Notes the use, which costs no write.
   */
  find(key: string): KeyHolder | undefined {
    const holder = this.#holders.get(lookupOfChannelKey(key));
    if (holder !== undefined) this.#used.add(holder.keyId);
    return holder;
  }

  /** The keys that were used since the last call. */
  takeUsed(): string[] {
    const used = [...this.#used];
    this.#used.clear();
    return used;
  }

  giveBackUsed(keyIds: readonly string[]): void {
    for (const keyId of keyIds) this.#used.add(keyId);
  }
}
