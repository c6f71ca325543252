/**
 * `sharekeeper emulator scenarios` and `sharekeeper emulator scenario run NAME`: the library, played on an
 * emulator that runs.
 */
import { playScenario, ScenarioFailure } from "./play-scenario.ts";
import type { PlayedStep } from "./play-scenario.ts";
import type { Scenario, Step } from "./scenario.ts";
import { targetOfUrl } from "./url-target.ts";
import { SCENARIOS, scenarioNamed } from "./scenarios.ts";

export interface ScenarioCommandContext {
  json: boolean;
  print(text: string): void;
  /** Resolves when somebody presses Enter. */
  untilEnter(): Promise<void>;
  /** Waits in wall-clock time. */
  pause(ms: number): Promise<void>;
  /** Where the emulator is when `--url` says nothing. */
  defaultUrl: string;
}

export const SCENARIO_HELP = `Usage:
  sharekeeper emulator scenarios                                   lists the scenarios
  sharekeeper emulator scenario run NAME [--url URL] [--reset]     plays one on an emulator that runs
                                         [--step | --pause 3s]

--reset begins with the world as it is after the start. --step waits for Enter before each step but the first,
--pause for a time such as 3s. Each step says what a provider's program should see. --json prints data.`;

/**
 * `args`: what stands after `emulator`. Answers the exit code: 0 played, 1 it did not go as told, 2 not
 * understood.
 */
export async function runScenarioCommand(args: string[], context: ScenarioCommandContext): Promise<number> {
  const words = wordsOf(args);
  if (words[0] === "scenarios" && words.length === 1) return list(context);
  if (words[0] === "scenario" && words[1] === "run" && words.length === 3)
    return run(words[2] ?? "", args, context);
  context.print(SCENARIO_HELP);
  return args.includes("--help") ? 0 : 2;
}

const WITH_VALUE = ["--url", "--pause"];

/** Without options and their values. */
function wordsOf(args: string[]): string[] {
  return args.filter((arg, index) => !arg.startsWith("--") && !WITH_VALUE.includes(args[index - 1] ?? ""));
}

function valueIn(args: string[], option: string): string | undefined {
  const inline = args.find((arg) => arg.startsWith(`${option}=`));
  return inline ? inline.slice(option.length + 1) : args[args.indexOf(option) + 1 || args.length];
}

/** "3s", "1.5s", "500ms" or "2m" in ms; undefined for anything else. */
function durationOf(text: string): number | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  const factor = { ms: 1, s: 1000, m: 60_000 }[unit];
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor;
}

/** What happens before each step but the first; undefined when --pause is no duration. */
function waitOf(args: string[], { untilEnter, pause, print, json }: ScenarioCommandContext) {
  const given = valueIn(args, "--pause");
  const ms = given === undefined ? 0 : durationOf(given);
  if (ms === undefined) return undefined;
  return async (step: Step, n: number): Promise<void> => {
    if (n === 1) return;
    if (args.includes("--step")) {
      if (!json) print(`   Enter for the next step: ${step.say}`);
      await untilEnter();
    }
    if (ms > 0) await pause(ms);
  };
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
  const before = waitOf(args, context);
  if (before === undefined) {
    print(
      `--pause is "${valueIn(args, "--pause") ?? ""}", which is not valid. Use a time such as 3s or 500ms.`,
    );
    return 2;
  }
  try {
    const steps = await playScenario(targetOfUrl(valueIn(args, "--url") ?? context.defaultUrl), scenario, {
      reset: args.includes("--reset"),
      before,
      ...(!json && { onStep: (step) => print(renderStep(step)) }),
    });
    if (json) print(JSON.stringify({ scenario: name, steps }, null, 2));
    return 0;
  } catch (error) {
    const complaint = complaintOf(scenario, error);
    print(json ? JSON.stringify({ scenario: name, error: complaint }) : complaint);
    return 1;
  }
}

function renderStep({ n, say, webhooks, expect }: PlayedStep): string {
  return [`${n}. ${say}${sentOf(webhooks)}`, ...(expect === undefined ? [] : [`   ${expect}`])].join("\n");
}

function sentOf(webhooks: string[]): string {
  return webhooks.length === 0 ? "" : ` (${webhooks.join(", ")})`;
}

function complaintOf(scenario: Scenario, error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  if (!(error instanceof ScenarioFailure)) return words;
  const step = scenario.steps[error.step - 1]?.say ?? "";
  return (
    `Step ${error.step} could not be done: ${step}\n${words}\nThe world may not be as the scenario ` +
    "expects: --reset begins anew."
  );
}
