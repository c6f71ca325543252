/** Plays a scenario: each step in order, and after each the deliveries it began are let arrive, so that no step overtakes another. */
import type { Scenario, Step } from "./scenario.ts";
import type { ScenarioDoor } from "./scenario-door.ts";
import { walkSignup } from "./walk-signup.ts";

export interface PlayedStep {
  n: number;
  say: string;
  /** Ids of the webhooks that this step sent. */
  webhooks: string[];
}

export interface PlayOptions {
  /** Begin with a reset, so that the world is as the scenario expects. */
  reset?: boolean;
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

/** Rejects with `ScenarioFailure` at the first step that goes otherwise than told; what was done stays done. */
export async function playScenario(
  door: ScenarioDoor,
  scenario: Scenario,
  options: PlayOptions = {},
): Promise<PlayedStep[]> {
  if (options.reset) await door.control("POST", "/reset");
  const played: PlayedStep[] = [];
  for (const [index, step] of scenario.steps.entries()) {
    const n = index + 1;
    const before = await lastDelivery(door);
    const webhooks = await doStep(door, step, n);
    if (!isDelayed(step)) await delivered(door, webhooks, before, step.do === "signup" ? SENT_BY_SIGNUP : 0);
    const done = { n, say: step.say, webhooks };
    played.push(done);
    options.onStep?.(done);
  }
  return played;
}

async function doStep(door: ScenarioDoor, step: Step, n: number): Promise<string[]> {
  switch (step.do) {
    case "act":
      return calling(door, n, "POST", "/actions", step.input);
    case "refused_act":
      return refusedAct(door, n, step.input);
    case "webhook":
      return calling(door, n, "POST", "/webhooks", step.input);
    case "fault":
      return calling(door, n, "POST", "/faults", step.input);
    case "end_faults":
      return calling(door, n, "DELETE", "/faults");
    case "knobs":
      return calling(door, n, "POST", "/knobs", step.input);
    case "wait":
      return calling(door, n, "POST", "/clock", { advance_ms: step.ms });
    case "signup":
    case "refused_signup":
      return walking(door, n, step);
  }
}

async function calling(
  door: ScenarioDoor,
  n: number,
  method: string,
  path: string,
  body?: unknown,
): Promise<string[]> {
  const answer = await door.control(method, path, body);
  if (answer.status !== 200) throw new ScenarioFailure(n, String(answer.body["error"]));
  return webhooksIn(answer.body);
}

function webhooksIn(body: Record<string, unknown>): string[] {
  return Array.isArray(body["webhooks"]) ? body["webhooks"].map(String) : [];
}

async function refusedAct(door: ScenarioDoor, n: number, input: unknown): Promise<string[]> {
  const answer = await door.control("POST", "/actions", input);
  if (answer.status !== 409) throw new ScenarioFailure(n, "the act was expected to be refused, and was not");
  return [];
}

async function walking(
  door: ScenarioDoor,
  n: number,
  step: Extract<Step, { do: "signup" | "refused_signup" }>,
): Promise<string[]> {
  const expected = step.do === "refused_signup" ? step.code : null;
  const code = await walkSignup(door, step);
  if (code === expected) return [];
  throw new ScenarioFailure(
    n,
    code ? `the signup was refused with ${code}` : "the signup was expected to be refused",
  );
}

function isDelayed(step: Step): boolean {
  const options = step.do === "act" || step.do === "webhook" ? step.input["webhook"] : undefined;
  return typeof options === "object" && options !== null && "delay_ms" in options;
}

interface Delivery {
  n: number;
  webhook_id: string;
}

async function deliveriesAfter(door: ScenarioDoor, n: number): Promise<Delivery[]> {
  const { body } = await door.control("GET", `/journal?kind=deliveries&after=${n}`);
  return Array.isArray(body["data"]) ? (body["data"] as Delivery[]) : [];
}

async function lastDelivery(door: ScenarioDoor): Promise<number> {
  return (await deliveriesAfter(door, 0)).at(-1)?.n ?? 0;
}

/** PARTNER_ADDED and PARTNER_APP_INSTALLED; the dialog does not name their ids. */
const SENT_BY_SIGNUP = 2;
const LOOKS = 200;
const BETWEEN_LOOKS_MS = 25;

/** Until each webhook was tried once, or five seconds are over: a receiver that hangs must not stop the story. */
async function delivered(
  door: ScenarioDoor,
  webhooks: string[],
  after: number,
  least: number,
): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    const seen = new Set((await deliveriesAfter(door, after)).map((each) => each.webhook_id));
    if (seen.size >= least && webhooks.every((id) => seen.has(id))) return;
    await door.pause(BETWEEN_LOOKS_MS);
  }
}
