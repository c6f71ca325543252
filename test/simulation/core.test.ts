import { describe, expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { MUTANTS } from "./mutants.ts";
import { runCore } from "./run-core.ts";

/** The same histories at every run. SIMULATE_SEED and SIMULATE_HISTORIES select others. */
const { SIMULATE_SEED: firstSeed = "1", SIMULATE_HISTORIES: count = "2000" } = process.env;

describe("the core, against a model of Meta", () => {
  test(`${count} random histories break no rule`, { timeout: 600_000 }, async () => {
    const failed: string[] = [];
    let [closings, announced] = [0, 0];
    for (let seed = Number(firstSeed); seed < Number(firstSeed) + Number(count); seed += 1) {
      const { violations, measures } = await runCore(seed);
      closings += measures.closings;
      announced += measures.announcedMs.length;
      if (violations.length > 0)
        failed.push(`npm run simulate -- --seed ${seed} --histories 1 --trace: ${violations[0]}`);
    }
    expect(failed).toEqual([]);
    // A simulation without events would prove nothing.
    expect(closings).toBeGreaterThan(Number(count) / 2);
    expect(announced).toBeGreaterThan(Number(count) / 4);
  });

  test("a seed replays exactly, traced or not, and its trace shows what happened", async () => {
    for (const seed of [3, 17, 45]) {
      const [once, again] = [await runCore(seed), await runCore(seed, true)];
      expect(again.digest).toBe(once.digest);
      expect(again.steps).toBe(once.steps);
      expect(once.trace).toEqual([]);
      expect(again.trace.join("\n")).toMatch(/server {3}probe \(due, asked .*Shared true/);
    }
    expect((await runCore(3)).digest).not.toBe((await runCore(4)).digest);
  });
});

describe("the planted faults", () => {
  test.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    "%s: its place is there once",
    (_name, mutant) => {
      const source = readFileSync(new URL(`../../src/${mutant.file}`, import.meta.url), "utf8");
      expect(source.split(mutant.find)).toHaveLength(2);
      expect(mutant.replace).not.toBe(mutant.find);
    },
  );
});
