import { hash } from "node:crypto";

/** A channel key as kept: never the key itself. */
export interface ChannelKey {
  id: string;
  connectionId: string;
  numberId: string;
  /**
   * SHA-256 of the key. The key has 256 random bits, so a slow hash would protect nothing and cost every
   * message.
   */
  hash: Buffer;
  label: string;
  /** The last four characters, so that people can distinguish keys. */
  hint: string;
  createdAt: number;
  revokedAt: number | null;
  /** When it was last used, to the hour; null: never. */
  lastUsedAt?: number | null;
}

export const CHANNEL_KEY_BYTE_COUNT = 32;

/** The key made of 32 random bytes. */
export function channelKeyOf(random: Buffer): string {
  return `sk_${random.toString("base64url")}`;
}

export function channelKeyIdOf(random: Buffer): string {
  return `key_${random.toString("hex")}`;
}

export function hashOfChannelKey(key: string): Buffer {
  return hash("sha256", key, "buffer");
}

/** `lookupOfHash(hashOfChannelKey(key))`, in one step. */
export function lookupOfChannelKey(key: string): string {
  return hash("sha256", key, "base64");
}

/** The form by which a valid key is looked up in memory: its hash as base64. */
export function lookupOfHash(hashOfKey: Buffer): string {
  return hashOfKey.toString("base64");
}

export function hintOfChannelKey(key: string): string {
  return key.slice(-4);
}
