/** `sharekeeper emulator scenarios` and `sharekeeper emulator scenario run NAME`: the library, played on an emulator that runs. */
import { playScenario, ScenarioFailure } from "./play-scenario.ts";
import type { Scenario } from "./scenario.ts";
import { doorOfUrl } from "./scenario-door.ts";
import { SCENARIOS, scenarioNamed } from "./scenarios.ts";

export interface ScenarioCommandContext {
  json: boolean;
  print(text: string): void;
  /** Where the emulator is when `--url` says nothing. */
  defaultUrl: string;
}

export const SCENARIO_HELP = `Usage:
  sharekeeper emulator scenarios                                   lists the scenarios
  sharekeeper emulator scenario run NAME [--url URL] [--reset]     plays one on an emulator that runs

--reset begins with the world as it is after the start. --json prints data.`;

/** `args`: what stands after `emulator`. Answers the exit code: 0 played, 1 it did not go as told, 2 not understood. */
export async function runScenarioCommand(args: string[], context: ScenarioCommandContext): Promise<number> {
  const words = wordsOf(args);
  if (words[0] === "scenarios" && words.length === 1) return list(context);
  if (words[0] === "scenario" && words[1] === "run" && words.length === 3)
    return run(words[2] ?? "", args, context);
  context.print(SCENARIO_HELP);
  return args.includes("--help") ? 0 : 2;
}

/** Without options and their values. */
function wordsOf(args: string[]): string[] {
  return args.filter((arg, index) => !arg.startsWith("--") && args[index - 1] !== "--url");
}

function urlIn(args: string[]): string | undefined {
  const inline = args.find((arg) => arg.startsWith("--url="));
  return inline ? inline.slice("--url=".length) : args[args.indexOf("--url") + 1 || args.length];
}

function list({ json, print }: ScenarioCommandContext): number {
  if (json) print(JSON.stringify({ data: SCENARIOS.map(summaryOf) }, null, 2));
  else {
    const width = Math.max(...SCENARIOS.map((scenario) => scenario.name.length));
    print(SCENARIOS.map(({ name, title }) => `${name.padEnd(width)}  ${title}`).join("\n"));
  }
  return 0;
}

function summaryOf({ name, title, about, source, steps }: Scenario): Record<string, unknown> {
  return { name, title, about, source, steps: steps.map((step) => step.say) };
}

async function run(name: string, args: string[], context: ScenarioCommandContext): Promise<number> {
  const { json, print } = context;
  const scenario = scenarioNamed(name);
  if (!scenario) {
    print(`There is no scenario ${name}. See: sharekeeper emulator scenarios`);
    return 2;
  }
  try {
    const steps = await playScenario(doorOfUrl(urlIn(args) ?? context.defaultUrl), scenario, {
      reset: args.includes("--reset"),
      ...(!json && { onStep: (step) => print(`${step.n}. ${step.say}${sentOf(step.webhooks)}`) }),
    });
    if (json) print(JSON.stringify({ scenario: name, steps }, null, 2));
    return 0;
  } catch (error) {
    const complaint = complaintOf(scenario, error);
    print(json ? JSON.stringify({ scenario: name, error: complaint }) : complaint);
    return 1;
  }
}

function sentOf(webhooks: string[]): string {
  return webhooks.length === 0 ? "" : ` (${webhooks.join(", ")})`;
}

function complaintOf(scenario: Scenario, error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  if (!(error instanceof ScenarioFailure)) return words;
  const step = scenario.steps[error.step - 1]?.say ?? "";
  return `Step ${error.step} could not be done: ${step}\n${words}\nThe world may not be as the scenario expects: --reset begins anew.`;
}
