import { expect, test } from "vitest";
import { fuzzDoor } from "./door.ts";
import { fuzzKept } from "./kept.ts";

const seed = Number(process.env.FUZZ_SEED ?? 1);

test("hostile webhooks through the door, the inbox and what follows", { timeout: 180_000 }, async () => {
  // Five batches: the last one holds nothing that Meta signed.
  const outcome = await fuzzDoor({ seed, count: 300, batch: 60 });
  expect(outcome).toEqual({ count: 300, cases: 5, findings: [] });
});

test("hostile answers through looks that are kept", { timeout: 180_000 }, async () => {
  const { count, findings } = await fuzzKept({ seed, count: 100 });
  expect(findings).toEqual([]);
  expect(count).toBeGreaterThanOrEqual(100);
});
