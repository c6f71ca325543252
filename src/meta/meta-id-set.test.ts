import fc from "fast-check";
import { expect, test } from "vitest";
import { MetaIdSet } from "./meta-id-set.ts";

const digits = fc.stringMatching(/^[0-9]{5,20}$/);
const near = fc.integer({ min: 0, max: 500 }).map((nth) => String(1_000_000_000_000 + nth));

test("holds what a set of the same texts holds, however close the ids are", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(digits, near)), fc.array(fc.oneof(digits, near)), (added, asked) => {
      const set = new MetaIdSet();
      for (const id of added) set.add(id);
      const model = new Set(added);
      expect(set.size).toBe(model.size);
      for (const id of [...added, ...asked]) expect(set.has(id)).toBe(model.has(id));
    }),
  );
});

test("ids that are one number but not one text are two", () => {
  const set = new MetaIdSet();
  set.add("0123456");
  expect(set.has("123456")).toBe(false);
  set.add("99999999999999999999");
  expect(set.has("99999999999999999999")).toBe(true);
  expect(set.has("7766279631452241919")).toBe(false);
});

test("keeps them while it grows", () => {
  const set = new MetaIdSet();
  for (let nth = 0; nth < 10_000; nth += 1) set.add(String(10_000_000_000_000 + 7 * nth));
  expect(set.size).toBe(10_000);
  expect(set.has(String(10_000_000_000_000 + 7 * 9999))).toBe(true);
  expect(set.has(String(10_000_000_000_000 + 7 * 9999 + 1))).toBe(false);
});
