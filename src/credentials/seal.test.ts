import { expect, test } from "vitest";
import { SealError } from "../lib/keyring.ts";
import { systemRandom } from "../lib/random.ts";
import { NONCE_BYTES, openSealed, sealBytes } from "./seal.ts";

const key = systemRandom.bytes(32);
const plain = Buffer.from("a token");
const seal = (): Buffer => sealBytes(key, "inbox:default", plain, systemRandom.bytes(NONCE_BYTES));

test("what is sealed opens again, looks different each time and does not show the text", () => {
  expect(openSealed(key, "inbox:default", seal())).toEqual(plain);
  expect(openSealed(key, "a", sealBytes(key, "a", Buffer.alloc(0), Buffer.alloc(NONCE_BYTES)))).toHaveLength(
    0,
  );
  expect(seal()).not.toEqual(seal());
  expect(seal().includes(plain)).toBe(false);
});

test("another key or another context does not open it", () => {
  expect(() => openSealed(systemRandom.bytes(32), "inbox:default", seal())).toThrow(SealError);
  expect(() => openSealed(key, "inbox:other", seal())).toThrow(SealError);
});

test("no byte of it may change, and none may be missing", () => {
  const sealed = seal();
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(() => openSealed(key, "inbox:default", changed)).toThrow(SealError);
    expect(() => openSealed(key, "inbox:default", sealed.subarray(0, at))).toThrow(SealError);
  }
});
