import { expect, test } from "vitest";
import { Slots } from "./slots.ts";

const never = new AbortController().signal;

test("a slot goes to whoever has waited longest", async () => {
  const slots = new Slots(1);
  expect(await slots.take(never)).toBe(true);
  const order: string[] = [];
  const [first, second] = ["first", "second"].map((name) => slots.take(never).then(() => order.push(name)));
  slots.give();
  await first;
  expect(order).toEqual(["first"]);
  slots.give();
  await second;
  expect(order).toEqual(["first", "second"]);
});

test("who gives up is passed over, and takes no slot", async () => {
  const slots = new Slots(1);
  await slots.take(never);
  const [leaving, staying] = [new AbortController(), slots];
  const gone = slots.take(leaving.signal);
  const next = staying.take(never);
  leaving.abort();
  expect(await gone).toBe(false);
  slots.give();
  expect(await next).toBe(true);
  slots.give();
  expect(await slots.take(never)).toBe(true);
});

test("a signal that has aborted takes nothing", async () => {
  const slots = new Slots(1);
  expect(await slots.take(AbortSignal.abort())).toBe(false);
  expect(await slots.take(never)).toBe(true);
});
