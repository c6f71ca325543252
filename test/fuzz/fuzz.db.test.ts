import { expect, test } from "vitest";
import { fuzzHttp } from "./http.ts";
import { fuzzKept } from "./kept.ts";

const seed = Number(process.env.FUZZ_SEED ?? 1);

test("hostile webhooks through the route, the inbox and what follows", { timeout: 180_000 }, async () => {
  // Five batches: the last one holds only deliveries without Meta's signature.
  const outcome = await fuzzHttp({ seed, count: 300, batch: 60 });
  expect(outcome).toEqual({ count: 300, cases: 5, findings: [] });
});

test("hostile answers through probes that are kept", { timeout: 180_000 }, async () => {
  const { count, findings } = await fuzzKept({ seed, count: 100 });
  expect(findings).toEqual([]);
  expect(count).toBeGreaterThanOrEqual(100);
});
