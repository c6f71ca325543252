import { expect, it } from "vitest";
import { HeldMessages, type Hold, type NoRoom } from "./held-messages.ts";

const isHold = (held: Hold | NoRoom): held is Hold => typeof held !== "string";

it("S5: one number may use a fifth of the bytes, and another still gets some", () => {
  const held = new HeldMessages({ messages: 4096, bytes: 64_000 });
  const own = Array.from({ length: 250 }, () => held.hold("floods", 900));
  expect(own.filter(isHold)).toHaveLength(14);
  expect(own.at(-1)).toBe("number");
  expect(held.byteCount).toBe(14 * 900);
  expect(isHold(held.hold("other", 900))).toBe(true);
});

it("all numbers together have a limit in bytes and in messages", () => {
  const bytes = new HeldMessages({ messages: 100, bytes: 10 });
  const few = new HeldMessages({ messages: 2, bytes: 1000 });
  expect([bytes.hold("a", 9), bytes.hold("b", 2)].map(isHold)).toEqual([true, false]);
  expect(bytes.hold("b", 2)).toBe("all");
  expect([few.hold("a", 1), few.hold("b", 1), few.hold("c", 1)].map(isHold)).toEqual([true, true, false]);
});

it("a body without an announced length is counted as it arrives; all of it is released once", () => {
  const held = new HeldMessages({ messages: 10, bytes: 100 });
  const hold = held.hold("a", 0) as Hold;
  expect([hold.grow(60), hold.grow(60)]).toEqual([true, false]);
  expect(held.byteCount).toBe(60);
  hold.release();
  hold.release();
  expect(held.byteCount).toBe(0);
  expect(isHold(held.hold("b", 100))).toBe(true);
});
