import { expect, test } from "vitest";
import { seededRandom } from "../lib/random.ts";
import { mayAct, ROLES } from "./actor.ts";
import { apiKeyOf, isKeyOf, keyHashOf } from "./api-key.ts";

test("a key is long, new each time, and recognised by its hash alone", () => {
  const random = seededRandom(1);
  const [{ key, prefix }, { key: other }] = [apiKeyOf(random), apiKeyOf(random)];
  expect(key).toMatch(/^shk_[a-z0-9]{8}_[\w-]{43}$/);
  expect(key.startsWith(`${prefix}_`)).toBe(true);
  expect(other).not.toBe(key);
  expect(isKeyOf(key, keyHashOf(key))).toBe(true);
  expect(isKeyOf(other, keyHashOf(key))).toBe(false);
  expect(isKeyOf("", keyHashOf(key))).toBe(false);
});

test("a role may what lower roles may", () => {
  const allowed = ROLES.map((role) => ROLES.filter((needed) => mayAct({ role }, needed)));
  expect(allowed).toEqual(ROLES.map((_, rank) => ROLES.slice(0, rank + 1)));
});
