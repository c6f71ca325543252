import { expect, test } from "vitest";
import { isWeakKey } from "./key-strength.ts";
import { seededRandom } from "./random.ts";

test.each([
  ["one character", "a".repeat(40)],
  ["a word again and again", "password".repeat(5)],
  ["a run again", "0123456789abcdef0123456789abcdef"],
  ["an alphabet", "abcdefghijklmnopqrstuvwxyz{|}~ABCDE"],
  ["every second character", Array.from({ length: 40 }, (_, n) => String.fromCharCode(40 + 2 * n)).join("")],
])("S6: %s is weak", (_, key) => expect(isWeakKey(Buffer.from(key))).toBe(true));

test("S6: zeros and counted bytes are weak", () => {
  expect(isWeakKey(Buffer.alloc(32))).toBe(true);
  expect(isWeakKey(Buffer.from(Array.from({ length: 32 }, (_, n) => n)))).toBe(true);
});

test("S6: 5,000 random keys are taken, as bytes, in hex of 16 and 24 bytes and in base64", () => {
  const random = seededRandom(6);
  for (let n = 0; n < 5000; n += 1) {
    expect(isWeakKey(random.bytes(32))).toBe(false);
    expect(isWeakKey(Buffer.from(random.bytes(16).toString("hex")))).toBe(false);
    expect(isWeakKey(Buffer.from(random.bytes(24).toString("hex")))).toBe(false);
    expect(isWeakKey(Buffer.from(random.bytes(24).toString("base64")))).toBe(false);
  }
});
