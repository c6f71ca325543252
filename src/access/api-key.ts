import { createHash, timingSafeEqual } from "node:crypto";
import type { Random } from "../lib/random.ts";

const PREFIX = "sk_";
const RANDOM_BYTES = 32;

/** A new key: 256 random bits, so that its plain SHA-256 is safe to keep. Shown once. */
export function apiKeyOf(random: Random): string {
  return PREFIX + random.bytes(RANDOM_BYTES).toString("base64url");
}

/** What is kept of a key or of a session's token: SHA-256, 32 bytes. */
export function keyHashOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** Whether `key` is the one of `hash`, in constant time. */
export function isKeyOf(key: string, hash: Buffer): boolean {
  return timingSafeEqual(keyHashOf(key), hash);
}
