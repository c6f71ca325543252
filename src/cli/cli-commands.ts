import type { Api } from "./api.ts";
import type { CliContext } from "./cli-context.ts";
import { runImport } from "./import-command.ts";
import { runEvents } from "./tail-events.ts";
import { runCheck, runLink, runList, runShow, runSignup, runWhy } from "./waba-commands.ts";
import en from "../texts/en.json" with { type: "json" };

type Options = Record<string, { type: "string" | "boolean" }>;

export interface CliCommand {
  name: keyof typeof en.cli.commands;
  options: Options;
  run(api: Api, context: CliContext): Promise<number>;
}

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
/** Every command of the client takes these beside its own. */
const WHERE: Options = { url: text, key: text };

/** The commands that are a client of the API, and of nothing else. */
export const CLI_COMMANDS: readonly CliCommand[] = [
  {
    name: "list",
    options: {
      ...{ q: text, status: text, reason: text, kind: text, "who-must-act": text, broken: text },
      ...{ sort: text, limit: text, ...WHERE },
    },
    run: runList,
  },
  { name: "show", options: WHERE, run: runShow },
  { name: "check", options: WHERE, run: runCheck },
  { name: "why", options: WHERE, run: runWhy },
  { name: "link", options: { rotate: flag, expires: text, ...WHERE }, run: runLink },
  { name: "import", options: { csv: text, "dry-run": flag, mode: text, ...WHERE }, run: runImport },
  {
    name: "signup",
    options: { waba: text, "external-id": text, flow: text, language: text, ...WHERE },
    run: runSignup,
  },
  { name: "events", options: { after: text, count: text, ...WHERE }, run: runEvents },
];

/** Where the API is: as the options say, else as the environment does. */
export function apiOf({ options, defaults }: CliContext): Api {
  const { url, key } = options;
  return {
    url: (typeof url === "string" ? url : defaults.url).replace(/\/+$/, ""),
    key: typeof key === "string" ? key : defaults.key,
  };
}
