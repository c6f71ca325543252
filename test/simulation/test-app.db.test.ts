import { expect, test } from "vitest";
import { runApp } from "./run-app.ts";

/**
 * Whole processes and a real database against the emulator; killed before any statement, and started again.
 */
test.each([1, 3, 5, 8])("the app, seed %i", { timeout: 120_000 }, async (seed) => {
  const outcome = await runApp(seed, true);
  expect(outcome.violations).toEqual([]);
  expect(outcome.digest).not.toBe("");
});

// The connections of a server answer in an order of their own; the embedded database answers one at a time.
test.skipIf(process.env.DATABASE_URL)(
  "a history of the app replays exactly",
  { timeout: 120_000 },
  async () => {
    const [once, again] = [await runApp(2), await runApp(2)];
    expect(again.digest).toBe(once.digest);
  },
);
