/**
 * Plays a scenario: each step in order, and after each the deliveries it began are let arrive, so that no
 * step overtakes another. Delayed ones are not waited for: their time comes with the clock.
 */
import { expectationOf } from "./expectation.ts";
import type { Scenario, Step } from "./scenario.ts";
import type { ScenarioTarget } from "./scenario.ts";
import { runSignup } from "./run-signup.ts";

export interface PlayedStep {
  n: number;
  say: string;
  /** Ids of the webhooks that this step sent. */
  webhooks: string[];
  /** What a provider's program should see; undefined: nothing. */
  expect?: string | undefined;
}

export interface PlayOptions {
  /** Begin with a reset, so that the world is as the scenario expects. */
  reset?: boolean;
  /** Awaited before each step: somebody may want to look first. */
  before?: (step: Step, n: number) => Promise<void>;
  /** Told after each step. */
  onStep?: (step: PlayedStep) => void;
}

/** The world was not as the scenario expects; `step` says where. */
export class ScenarioFailure extends Error {
  readonly step: number;

  constructor(step: number, words: string) {
    super(words);
    this.name = "ScenarioFailure";
    this.step = step;
  }
}

/**
 * Rejects with `ScenarioFailure` at the first step that goes otherwise than told; what was done stays done.
 */
export async function playScenario(
  target: ScenarioTarget,
  scenario: Scenario,
  options: PlayOptions = {},
): Promise<PlayedStep[]> {
  if (options.reset) await target.control("POST", "/reset");
  const played: PlayedStep[] = [];
  for (const [index, step] of scenario.steps.entries()) {
    await options.before?.(step, index + 1);
    const done = await playStep(target, step, index + 1);
    played.push(done);
    options.onStep?.(done);
  }
  return played;
}

/** One step of it. Rejects with `ScenarioFailure` when it goes otherwise than told. */
export async function playStep(target: ScenarioTarget, step: Step, n: number): Promise<PlayedStep> {
  const webhooks = await doStep(target, step, n);
  await target.control("POST", "/settle");
  return { n, say: step.say, webhooks, expect: expectationOf(step) };
}

async function doStep(target: ScenarioTarget, step: Step, n: number): Promise<string[]> {
  switch (step.do) {
    case "act":
      return calling(target, n, "POST", "/actions", step.input);
    case "refused_act":
      return refusedAct(target, n, step.input);
    case "webhook":
      return calling(target, n, "POST", "/webhooks", step.input);
    case "fault":
      return calling(target, n, "POST", "/faults", step.input);
    case "end_faults":
      return calling(target, n, "DELETE", "/faults");
    case "knobs":
      return calling(target, n, "POST", "/knobs", step.input);
    case "wait":
      return calling(target, n, "POST", "/clock", { advance_ms: step.ms });
    case "signup":
    case "refused_signup":
      return walking(target, n, step);
  }
}

async function calling(
  target: ScenarioTarget,
  n: number,
  method: string,
  path: string,
  body?: unknown,
): Promise<string[]> {
  const answer = await target.control(method, path, body);
  if (answer.status !== 200) throw new ScenarioFailure(n, String(answer.body["error"]));
  return webhooksIn(answer.body);
}

function webhooksIn(body: Record<string, unknown>): string[] {
  return Array.isArray(body["webhooks"]) ? body["webhooks"].map(String) : [];
}

async function refusedAct(target: ScenarioTarget, n: number, input: unknown): Promise<string[]> {
  const answer = await target.control("POST", "/actions", input);
  if (answer.status !== 409) throw new ScenarioFailure(n, "the act was expected to be refused, and was not");
  return [];
}

async function walking(
  target: ScenarioTarget,
  n: number,
  step: Extract<Step, { do: "signup" | "refused_signup" }>,
): Promise<string[]> {
  const expected = step.do === "refused_signup" ? step.code : null;
  const code = await runSignup(target, step);
  if (code === expected) return [];
  throw new ScenarioFailure(
    n,
    code ? `the signup was refused with ${code}` : "the signup was expected to be refused",
  );
}
