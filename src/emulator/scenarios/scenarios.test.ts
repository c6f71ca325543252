import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startHarness } from "../../../test/wire/emulator-harness.ts";
import type { Harness } from "../../../test/wire/emulator-harness.ts";
import { expectationOf } from "./expectation.ts";
import { playScenario, ScenarioFailure } from "./play-scenario.ts";
import { runScenarioCommand } from "./scenario-command.ts";
import { targetOfUrl } from "./url-target.ts";
import type { ScenarioTarget } from "./scenario.ts";
import { SCENARIOS, scenarioNamed } from "./scenarios.ts";
import type { Scenario } from "./scenario.ts";

const NOW = "2026-11-22T12:00:00Z";

let harness: Harness;
let target: ScenarioTarget;
beforeAll(async () => {
  harness = await startHarness();
  target = targetOfUrl(harness.emulator.url);
});
afterAll(() => harness.stop());

/**
 * Everything that can be told of a run: the whole journal, byte by byte what was sent, and the world it left.
 */
async function runOf(scenario: Scenario): Promise<unknown> {
  await harness.control("POST", "/reset");
  await harness.control("POST", "/clock", { mode: "frozen", now: NOW });
  const steps = await playScenario(target, scenario);
  return {
    steps,
    requests: (await harness.control("GET", "/journal?kind=requests")).body,
    deliveries: await harness.deliveries(),
    state: (await harness.control("GET", "/state")).body,
  };
}

describe("the library", () => {
  test("has a name of its own for each, and words for every step", () => {
    const names = SCENARIOS.map((scenario) => scenario.name);
    expect(new Set(names).size).toBe(names.length);
    expect(SCENARIOS.flatMap(({ steps }) => steps).every((step) => /^[A-Z].*\.$/.test(step.say))).toBe(true);
  });

  test.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    "%s: twice with the same seed, the same journal",
    async (_name, scenario) => {
      const first = await runOf(scenario);
      expect(await runOf(scenario)).toEqual(first);
    },
  );

  test.each([
    ["partner-removed", ["PARTNER_REMOVED", "PARTNER_ADDED"]],
    ["signup-again", ["PARTNER_REMOVED", "PARTNER_ADDED", "PARTNER_APP_INSTALLED"]],
    ["silent-downgrade", ["PARTNER_ADDED"]],
    ["race-on-repair", ["PARTNER_ADDED", "PARTNER_REMOVED"]],
    ["late-redelivery", ["PARTNER_REMOVED", "PARTNER_ADDED", "PARTNER_REMOVED"]],
    ["coexistence-offboarded-back", ["ACCOUNT_OFFBOARDED", "ACCOUNT_RECONNECTED"]],
    ["coexistence-disconnected", ["PARTNER_REMOVED", "PARTNER_ADDED", "PARTNER_APP_INSTALLED"]],
  ])("%s sends %j", async (name, events) => {
    await runOf(scenarioNamed(name) as Scenario);
    const sent = (await harness.deliveries()).map(
      (each) => JSON.parse(each.body).entry[0].changes[0].value.event,
    );
    expect(sent).toEqual(events);
  });

  test("stops where the world is not as expected, and says where", async () => {
    await harness.control("POST", "/reset");
    await harness.act("partner.remove", { waba_id: "100000000000001", silent: true });
    const playing = playScenario(target, scenarioNamed("partner-removed") as Scenario);
    await expect(playing).rejects.toEqual(
      new ScenarioFailure(1, "This partner isn't assigned to the WhatsApp account."),
    );
  });
});

describe("the command", () => {
  async function run(...args: string[]): Promise<{ code: number; text: string }> {
    const lines: string[] = [];
    const code = await runScenarioCommand(args, {
      json: args.includes("--json"),
      print: (text) => lines.push(text),
      untilEnter: () => Promise.resolve(void lines.push("(Enter)")),
      pause: (ms) => Promise.resolve(void lines.push(`(${ms} ms)`)),
      defaultUrl: "http://127.0.0.1:9",
    });
    return { code, text: lines.join("\n") };
  }

  test("lists every scenario, as text and as JSON", async () => {
    const { code, text } = await run("scenarios");
    expect(code).toBe(0);
    expect(text.split("\n")).toHaveLength(SCENARIOS.length);
    expect(JSON.parse((await run("scenarios", "--json")).text).data[0]).toMatchObject({
      name: "partner-removed",
      steps: expect.arrayContaining(["Ten minutes pass."]),
    });
  });

  test("plays one on a running emulator", async () => {
    const { code, text } = await run(
      "scenario",
      "run",
      "partner-removed",
      "--reset",
      "--url",
      harness.emulator.url,
    );
    expect(text).toContain("1. The client removes the partner in Business Suite. (wh_1)");
    expect(code).toBe(0);
    expect(await harness.deliveries()).toHaveLength(2);
  });

  test("M9: it waits for Enter, or for a time, before each step but the first, and says what to see", async () => {
    const rest = ["scenario", "run", "partner-removed", "--reset", "--url", harness.emulator.url];
    const { text } = await run(...rest, "--step");
    expect(text.split("\n")).toEqual([
      "1. The client removes the partner in Business Suite. (wh_1)",
      "   PARTNER_REMOVED arrives. The share is gone, and messages stop.",
      "   Enter for the next step: Ten minutes pass.",
      "(Enter)",
      "2. Ten minutes pass.",
      "   Enter for the next step: The client assigns the partner again, with full control.",
      "(Enter)",
      "3. The client assigns the partner again, with full control. (wh_2)",
      "   PARTNER_ADDED arrives. A probe finds full control, and messages flow again.",
    ]);
    expect((await run(...rest, "--pause", "3s")).text.match(/\(3000 ms\)/g)).toHaveLength(2);
    expect(await run(...rest, "--pause=soon")).toEqual({
      code: 2,
      text: expect.stringContaining("3s or 500ms"),
    });
  });

  test("every step of every scenario but waits and knobs says what a receiver should see", () => {
    const steps = SCENARIOS.flatMap((scenario) => scenario.steps);
    const silent = steps.filter((step) => expectationOf(step) === undefined);
    expect(
      silent.filter((step) => step.do !== "wait" && step.do !== "knobs").map((step) => step.say),
    ).toEqual([]);
  });

  test.each([
    [["scenario", "run", "no-such-story"], 2, "There is no scenario no-such-story."],
    [["scenario", "run", "partner-removed"], 1, "No emulator answers on http://127.0.0.1:9."],
    [["scenario"], 2, "Usage:"],
    [["scenario", "--help"], 0, "Usage:"],
  ])("%j: %i", async (args, code, words) => {
    const answer = await run(...args);
    expect(answer).toEqual({ code, text: expect.stringContaining(words) });
  });
});
