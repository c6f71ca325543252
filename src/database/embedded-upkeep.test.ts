import { expect, test } from "vitest";
import type { Clock } from "../lib/clock.ts";
import { EmbeddedUpkeep } from "./embedded-upkeep.ts";

const MIB = 1024 * 1024;

function started() {
  const statements: string[] = [];
  let hour = (): void => undefined;
  const clock: Clock = {
    now: () => 0,
    at(_atMs, run) {
      hour = run;
      return { cancel: () => (hour = () => undefined) };
    },
    pause: () => Promise.resolve(),
  };
  const upkeep = new EmbeddedUpkeep(clock);
  upkeep.start((statement) => Promise.resolve(statements.push(statement)));
  return { upkeep, statements, passHour: () => hour() };
}

test("a checkpoint follows every 64 MiB sent", () => {
  const { upkeep, statements } = started();
  for (let sent = 0; sent < 130; sent += 1) upkeep.count(MIB);
  expect(statements).toEqual(["checkpoint", "checkpoint"]);
});

test("a vacuum follows every hour in which something was sent, until the end", () => {
  const { upkeep, statements, passHour } = started();
  passHour();
  expect(statements).toEqual([]);
  upkeep.count(MIB);
  passHour();
  passHour();
  upkeep.count(MIB);
  passHour();
  expect(statements).toEqual(["vacuum (analyze)", "vacuum (analyze)"]);
  upkeep.stop();
  upkeep.count(100 * MIB);
  passHour();
  expect(statements).toHaveLength(2);
});
