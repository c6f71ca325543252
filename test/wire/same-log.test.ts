/**
 * Two emulators, the same seed, the same acts: the same ids, the same journal. Addresses of this machine
 * aside.
 */
import { expect, test } from "vitest";
import { startHarness } from "./emulator-harness.ts";
import type { Harness } from "./emulator-harness.ts";

const FLORIST = "100000000000001";
const BAKERY = "100000000000003";
const CYCLES = "100000000000004";

async function story(randomSeed: number): Promise<string> {
  const harness = await startHarness({ randomSeed });
  try {
    await harness.control("POST", "/clock", { mode: "frozen", now: "2026-11-22T12:00:00Z" });
    const step = async (act: Promise<unknown>): Promise<void> => {
      await act;
      await harness.control("POST", "/settle");
    };
    harness.receiver.answers.push(500, 200, 503);
    await step(harness.act("partner.remove", { waba_id: FLORIST, webhook: { duplicates: 2 } }));
    await step(harness.control("POST", "/signup", { waba_id: CYCLES, phone_number_id: "200000000000005" }));
    await step(harness.graph("GET", "/v25.0/debug_token?input_token=EAAclient510000000000001"));
    await step(harness.control("POST", "/faults", { match: {}, respond: { status: 500 }, probability: 0.5 }));
    for (let count = 0; count < 6; count += 1) await step(harness.graph("GET", `/v25.0/${BAKERY}`));
    await step(harness.control("DELETE", "/faults"));
    await step(harness.send("200000000000004"));
    await step(harness.act("coexistence.offboard", { waba_id: BAKERY, reconnect_in_ms: 60_000 }));
    await step(harness.control("POST", "/clock", { advance_ms: 20 * 86_400_000 }));
    return await logOf(harness);
  } finally {
    await harness.stop();
  }
}

async function logOf(harness: Harness): Promise<string> {
  const log = JSON.stringify({ requests: await harness.requests(), deliveries: await harness.deliveries() });
  return log
    .replaceAll(new URL(harness.emulator.url).host, "emulator")
    .replaceAll(new URL(harness.receiver.url).host, "receiver")
    .replaceAll(new URL(harness.receiver.url).host.replace("/", "\\/"), "receiver");
}

test("the same seed and acts: the same log", async () => {
  const first = await story(1);
  expect(first.length).toBeGreaterThan(5_000);
  expect(await story(1)).toBe(first);
});

test("another seed: another log", async () => {
  expect(await story(2)).not.toBe(await story(1));
});
