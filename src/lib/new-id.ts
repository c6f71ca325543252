import type { Random } from "./random.ts";

/**
 * A new id of ours, e.g. `num_k3…`: a prefix that says of what, and 100 random bits in lower-case base 32.
 */
export function newId(prefix: string, random: Random): string {
  const alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
  const text = Array.from(random.bytes(20), (byte) => alphabet[byte % 32]).join("");
  return `${prefix}_${text}`;
}
