import { expect, test } from "vitest";
import { FailureBrake } from "./failure-brake.ts";

const failTimes = (brake: FailureBrake, address: string, times: number, now: number): void => {
  for (let n = 0; n < times; n += 1) brake.fail(address, now);
};

test("S6: ten failures within a minute, then a wait that doubles to 15 minutes", () => {
  const brake = new FailureBrake();
  failTimes(brake, "10.0.0.1", 9, 0);
  expect(brake.waitMs("10.0.0.1", 0)).toBe(0);
  const waits: number[] = [];
  let now = 0;
  for (let n = 0; n < 9; n += 1) {
    failTimes(brake, "10.0.0.1", n === 0 ? 1 : 10, now);
    waits.push(brake.waitMs("10.0.0.1", now));
    now += 60_000;
  }
  expect(waits[0]).toBe(10_000);
  expect(waits.at(-1)).toBe(900_000);
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
});

test("S6: another address does not wait, and an hour later all is forgotten", () => {
  const brake = new FailureBrake();
  failTimes(brake, "10.0.0.1", 50, 0);
  expect(brake.waitMs("10.0.0.2", 0)).toBe(0);
  brake.fail("10.0.0.1", 2 * 3_600_000);
  expect(brake.waitMs("10.0.0.1", 2 * 3_600_000)).toBe(0);
});

test("S6: addresses of one IPv6 network count together, and a hundred failures of many addresses too", () => {
  const brake = new FailureBrake();
  for (let n = 0; n < 10; n += 1) brake.fail(`2001:db8:1:2::${n}`, 0);
  expect(brake.waitMs("2001:db8:1:2::ffff", 0)).toBeGreaterThan(0);
  expect(brake.waitMs("2001:db8:1:3::1", 0)).toBe(0);
  for (let n = 0; n < 90; n += 1) brake.fail(`10.1.${n}.1`, 0);
  expect(brake.waitMs("10.9.9.9", 0)).toBeGreaterThan(0);
});

test("S6: 60 failures from one network that writes its zeros short do not stay free", () => {
  const brake = new FailureBrake();
  for (let n = 0; n < 60; n += 1) brake.fail(`2001:db8::${n.toString(16)}:0:0:1`, 0);
  expect(brake.waitMs("2001:db8::ffff:0:0:1", 0)).toBeGreaterThan(0);
});
