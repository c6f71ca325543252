import { createHash, timingSafeEqual } from "node:crypto";
import type { Random } from "../lib/random.ts";

const SECRET_BYTES = 32;
/** Lower-case letters and digits that are not mistaken for each other. */
const PREFIX_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz";
const PREFIX_LENGTH = 8;

/**
 * A new key of the Partner API: `shk_<prefix>_<secret>`. The prefix (`shk_` and eight characters) is kept and
 * listed, so that a key that is found somewhere can be told; a rotated key keeps it (`known`). The secret
 * holds 256 random bits. Shown once.
 */
export function apiKeyOf(random: Random, known?: string): { key: string; prefix: string } {
  const prefix = known ?? newPrefix(random);
  return { key: `${prefix}_${secretOf(random)}`, prefix };
}

/** A new secret of 256 random bits in base64url: of a key, or the token of a session, link or sign-in. */
export const secretOf = (random: Random): string => random.bytes(SECRET_BYTES).toString("base64url");

function newPrefix(random: Random): string {
  const letters = [...random.bytes(PREFIX_LENGTH)].map(
    (byte) => PREFIX_LETTERS[byte % PREFIX_LETTERS.length] ?? "",
  );
  return `shk_${letters.join("")}`;
}

/** The prefix of a key that somebody pasted, or of its beginning. */
export const prefixOf = (text: string): string => text.trim().split("_").slice(0, 2).join("_");

/** What is kept of a key, or of the token of a session or link: SHA-256, 32 bytes. */
export function keyHashOf(key: string): Buffer {
  return createHash("sha256").update(key).digest();
}

/** Whether `key` is the one of `hash`, in constant time. */
export function isKeyOf(key: string, hash: Buffer): boolean {
  return timingSafeEqual(keyHashOf(key), hash);
}
