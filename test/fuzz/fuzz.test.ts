import { describe, expect, test } from "vitest";
import { randomOf } from "../simulation/random-source.ts";
import { fuzz, PURE_TARGETS } from "./run-fuzz.ts";
import { shrink, type Target } from "./target.ts";
import { WEBHOOK_TARGET, type WebhookCase } from "./webhook-target.ts";
import { fuzzMessages } from "./messages.ts";
import { fuzzWire } from "./wire.ts";

/** The same cases at every run. FUZZ_SEED selects others. A million and more: docs/reference/fuzz.md */
const seed = Number(process.env.FUZZ_SEED ?? 1);

describe("hostile input breaks nothing", () => {
  test.each([
    ["webhooks", 3000],
    ["answers", 3000],
  ] as const)("%s", { timeout: 120_000 }, async (name, count) => {
    const target: Target<never> = PURE_TARGETS[name] as unknown as Target<never>;
    const outcome = await fuzz(target, { seed, count });
    expect(outcome.findings).toEqual([]);
    expect(outcome.count).toBeGreaterThanOrEqual(count);
  });

  test("answers on the wire", { timeout: 120_000 }, async () => {
    expect(await fuzzWire({ seed, count: 250 })).toEqual({ count: 250, cases: 250, findings: [] });
  });

  test("field case 2: answers to messages", { timeout: 120_000 }, async () => {
    expect(await fuzzMessages({ seed, count: 500 })).toEqual({ count: 500, cases: 500, findings: [] });
  });
});

describe("the fuzzing itself", () => {
  test("a seed is a case, always the same", () => {
    for (const at of [1, 2, 3]) {
      const [one, other] = [
        PURE_TARGETS.webhooks.make(randomOf(at)),
        PURE_TARGETS.webhooks.make(randomOf(at)),
      ];
      expect(one).toEqual(other);
    }
    expect(PURE_TARGETS.webhooks.make(randomOf(1))).not.toEqual(PURE_TARGETS.webhooks.make(randomOf(2)));
  });

  /** As if the product failed on this word. */
  const FRAGILE: Target<WebhookCase> = {
    ...WEBHOOK_TARGET,
    run: ({ bodies }) => {
      if (bodies.some((body) => body.includes("PARTNER_APP_INSTALLED"))) throw new Error("fell over it");
      return Promise.resolve(null);
    },
  };

  test("an input that throws is found, and made small", async () => {
    const { findings } = await fuzz(FRAGILE, { seed: 1, count: 1000, mostFindings: 1 });
    expect(findings).toHaveLength(1);
    expect(findings[0]?.fault).toMatch("fell over it");
    expect(findings[0]?.story[1]).toBe('"PARTNER_APP_INSTALLED"');
  });

  test("a smaller case that is broken in another way is not accepted", async () => {
    const other: Target<WebhookCase> = {
      ...FRAGILE,
      run: ({ bodies }) => Promise.resolve((bodies[0]?.length ?? 0) > 3 ? "long" : "short"),
    };
    const input: WebhookCase = { share: "live", apartMs: 0, bodies: [Buffer.from("123456")] };
    expect((await shrink(other, input, "long")).bodies[0]).toHaveLength(4);
  });
});
