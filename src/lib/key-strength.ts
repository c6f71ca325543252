import { deflateRawSync } from "node:zlib";

/**
 * Fewer different bytes, or a shorter compressed form, than 32 random characters of hexadecimal ever have.
 */
const LEAST_DIFFERENT = 8;
const LEAST_COMPRESSED = 25;

/**
 * Whether a key has a pattern that a person or a keyboard made: few characters, repetition, or counting. Not
 * a proof of randomness.
 */
export function isWeakKey(key: Buffer): boolean {
  return (
    new Set(key).size < LEAST_DIFFERENT || deflateRawSync(key).length < LEAST_COMPRESSED || isCounting(key)
  );
}

/** More than half of the steps from one byte to the next are the same one: "abcdefgh…", "0246…". */
function isCounting(key: Buffer): boolean {
  const countOf = new Map<number, number>();
  for (let at = 1; at < key.length; at += 1) {
    const step = (key[at] ?? 0) - (key[at - 1] ?? 0);
    countOf.set(step, (countOf.get(step) ?? 0) + 1);
  }
  return Math.max(0, ...countOf.values()) > key.length / 2;
}
