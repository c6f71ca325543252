import { expect, test } from "vitest";
import { runHouse } from "./run-app.ts";

/** Verbs, loops and a real database against the emulator; killed before any statement, and started again. */
test.each([1, 3, 5, 8])("the house, seed %i", { timeout: 120_000 }, async (seed) => {
  const outcome = await runHouse(seed, true);
  expect(outcome.violations).toEqual([]);
  expect(outcome.digest).not.toBe("");
});

// A server's connections answer in an order of their own; the embedded database answers one at a time.
test.skipIf(process.env.DATABASE_URL)("a house replays exactly", { timeout: 120_000 }, async () => {
  const [once, again] = [await runHouse(2), await runHouse(2)];
  expect(again.digest).toBe(once.digest);
});
