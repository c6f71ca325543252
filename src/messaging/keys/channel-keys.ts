import type { ChannelKey } from "./channel-key.ts";
import { lookupOfChannelKey } from "./channel-key.ts";

/** The owner of a key. */
export interface KeyHolder {
  keyId: string;
  connectionId: string;
  numberId: string;
}

/** Cache of the valid channel keys, so that no message waits for a query. Holds state, does no I/O. */
export class ChannelKeys {
  #holders = new Map<string, KeyHolder>();
  readonly #used = new Set<string>();
  readonly #hashes = new Map<string, string>();

  get count(): number {
    return this.#holders.size;
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

  /** Replaces the state of all keys. */
  replaceAll(keys: readonly ChannelKey[]): void {
    this.#holders = new Map();
    this.#hashes.clear();
    for (const key of keys) this.put(key);
  }

  /** Applies the newest state of one key: a valid key is added, an ended key removed. */
  put(key: ChannelKey): void {
    const hash = key.hash.toString("base64");
    if (key.revokedAt !== null) return this.remove(key.id);
    this.#hashes.set(key.id, hash);
    this.#holders.set(hash, { keyId: key.id, connectionId: key.connectionId, numberId: key.numberId });
  }

  remove(keyId: string): void {
    const hash = this.#hashes.get(keyId);
    if (hash !== undefined) this.#holders.delete(hash);
    this.#hashes.delete(keyId);
  }
}
