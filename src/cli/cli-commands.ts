import type { Api } from "./api.ts";
import { runApiKeys } from "./api-key-commands.ts";
import type { CliContext } from "./cli-context.ts";
import { runCanSend, runClose, runReopen } from "./gate-commands.ts";
import { runImport } from "./import-command.ts";
import { runEvents } from "./tail-events.ts";
import { runCheck, runLink, runList, runShow, runSignup, runWhy } from "./waba-commands.ts";
import { UsageError } from "../lib/start-error.ts";
import { type en, english } from "../messages/english.ts";

type Options = Record<string, CliOption>;

interface CliOption {
  type: "string" | "boolean";
  /** It must be a whole number within these bounds. */
  whole?: readonly [least: number, most: number];
}

export interface CliCommand {
  name: keyof typeof en.cli.commands;
  /** How many arguments may follow the name. */
  argumentCount?: number;
  options: Options;
  run(api: Api, context: CliContext): Promise<number>;
}

const text = { type: "string" } as const;
const whole = (least: number, most = 1_000_000_000): CliOption => ({ type: "string", whole: [least, most] });
const flag = { type: "boolean" } as const;
const YEAR_S = 365 * 24 * 3600;
const WEEK_S = 7 * 24 * 3600;
/** Every command that calls the API takes these beside its own. */
const WHERE: Options = { url: text, key: text };

/** The commands that call the API and nothing else. */
export const CLI_COMMANDS: readonly CliCommand[] = [
  {
    name: "list",
    options: {
      ...{ q: text, status: text, reason: text, kind: text, "who-must-act": text, broken: text },
      ...{ sort: text, limit: whole(1), ...WHERE },
    },
    run: runList,
  },
  { name: "show", argumentCount: 1, options: WHERE, run: runShow },
  { name: "check", argumentCount: 1, options: WHERE, run: runCheck },
  { name: "why", argumentCount: 1, options: WHERE, run: runWhy },
  { name: "can-send", argumentCount: 100, options: WHERE, run: runCanSend },
  { name: "close", argumentCount: 1, options: { reason: text, until: text, ...WHERE }, run: runClose },
  { name: "reopen", argumentCount: 1, options: WHERE, run: runReopen },
  {
    name: "link",
    argumentCount: 1,
    options: { rotate: flag, expires: whole(60, YEAR_S), ...WHERE },
    run: runLink,
  },
  { name: "import", options: { csv: text, "dry-run": flag, mode: text, ...WHERE }, run: runImport },
  {
    name: "signup",
    options: { waba: text, "external-id": text, flow: text, language: text, ...WHERE },
    run: runSignup,
  },
  { name: "events", argumentCount: 1, options: { after: text, count: whole(1), ...WHERE }, run: runEvents },
  {
    name: "api-keys",
    argumentCount: 2,
    options: {
      ...{ name: text, role: text, scopes: text, client: text, connection: text, expires: text },
      ...{ prefix: text, overlap: whole(0, WEEK_S), ...WHERE },
    },
    run: runApiKeys,
  },
];

/** An option with a closed list of values. `many`: several, with commas. */
interface Words {
  one: readonly string[];
  many?: true;
}

export type WordsOf = Readonly<Record<string, Words>>;

/** @throws UsageError for a value that is not valid, naming the valid ones */
export function checkOptions({ options }: CliCommand, given: CliContext["options"], wordsOf: WordsOf): void {
  for (const [name, value] of Object.entries(given)) {
    if (typeof value !== "string") continue;
    const bounds = options[name]?.whole;
    if (bounds && !isWithin(value, bounds))
      throw new UsageError(english("cli.not_whole", { name, value, least: bounds[0], most: bounds[1] }));
    const words = wordsOf[name];
    const parts = words?.many ? value.split(",") : [value];
    const wrong = parts.find((part) => words && !words.one.includes(part));
    if (words && wrong !== undefined)
      throw new UsageError(english("cli.not_a_word", { name, value: wrong, valid: renderWords(words) }));
  }
}

function isWithin(value: string, [least, most]: readonly [number, number]): boolean {
  return /^\d+$/.test(value) && Number(value) >= least && Number(value) <= most;
}

/** Lines for --help: what each option takes. */
export function renderValues(wordsOf: WordsOf): string {
  return Object.entries(wordsOf)
    .map(([name, words]) => `  --${name}: ${renderWords(words)}`)
    .join("\n");
}

function renderWords({ one, many }: Words): string {
  return `${many ? `${english("cli.several")} ` : ""}${one.join(", ")}`;
}

/** The address of the API: from the options, else from the environment. */
export function apiOf({ options, defaults }: Pick<CliContext, "options" | "defaults">): Api {
  const { url, key } = options;
  return {
    url: (typeof url === "string" ? url : defaults.url).replace(/\/+$/, ""),
    key: typeof key === "string" ? key : defaults.key,
  };
}
