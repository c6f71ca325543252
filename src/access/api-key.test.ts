import { expect, test } from "vitest";
import { seededRandom } from "../lib/random.ts";
import { mayAct } from "./actor.ts";
import { apiKeyOf, isKeyOf, keyHashOf } from "./api-key.ts";

test("a key is long, new each time, and recognised by its hash alone", () => {
  const random = seededRandom(1);
  const [key, other] = [apiKeyOf(random), apiKeyOf(random)];
  expect(key).toMatch(/^sk_[\w-]{43}$/);
  expect(other).not.toBe(key);
  expect(isKeyOf(key, keyHashOf(key))).toBe(true);
  expect(isKeyOf(other, keyHashOf(key))).toBe(false);
  expect(isKeyOf("", keyHashOf(key))).toBe(false);
});

test("a role may what lower roles may", () => {
  const may = (role: "viewer" | "operator" | "admin"): boolean[] =>
    (["viewer", "operator", "admin"] as const).map((needed) => mayAct({ id: "a", name: "A", role }, needed));
  expect(may("viewer")).toEqual([true, false, false]);
  expect(may("operator")).toEqual([true, true, false]);
  expect(may("admin")).toEqual([true, true, true]);
});
