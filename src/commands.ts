import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import { startApp } from "./app.ts";
import type { Env } from "./config/option.ts";
import {
  apiOf,
  checkOptions,
  CLI_COMMANDS,
  renderValues,
  type CliCommand,
  type WordsOf,
} from "./cli/cli-commands.ts";
import type { Api } from "./cli/api.ts";
import { parseClientConfig, parseConfig, parseDatabaseConfig } from "./config/parse-config.ts";
import { migrate } from "./database/migrate.ts";
import { SCOPES, STAFF_ROLES } from "./access/actor.ts";
import { findAuditAnchor } from "./access/audit-store.ts";
import { readAuditFile, readAuditLines } from "./access/read-audit-lines.ts";
import { CHAIN_BEGIN, verifyAudit, type AuditVerdict, type ChainPoint } from "./access/verify-audit.ts";
import { openDatabase } from "./database/open-database.ts";
import { runKeys } from "./commands/run-keys.ts";
import { examine } from "./doctor/examine.ts";
import { renderFindings } from "./doctor/finding.ts";
import { findDataDirHolder } from "./database/data-dir-lock.ts";
import { StartError, UsageError } from "./lib/start-error.ts";
import { readSeedFile } from "./emulator/world/read-seed-file.ts";
import { runScenarioCommand, SCENARIO_HELP } from "./emulator/scenarios/scenario-command.ts";
import { openapiDocument } from "./http/server/openapi.ts";
import { SORT_WORDS } from "./http/api/wabas/read-waba-list.ts";
import { SIGNUP_FLOWS } from "./http/api/signups/signup-schema.ts";
import { Kind, STATUSES, WhoMustAct } from "./http/api/wabas/waba-schema.ts";

import { LANGUAGES } from "./messages/languages.ts";
import { english } from "./messages/english.ts";
import type { Clock } from "./lib/clock.ts";
import type { Random } from "./lib/random.ts";
import { openEmulator, startSandbox } from "./sandbox.ts";

/** What a command gets from outside. */
export interface CommandContext {
  env: Env;
  args: string[];
  /** The options that the command declares, as given. */
  options: Record<string, string | boolean | (string | boolean)[] | undefined>;
  json: boolean;
  version: string;
  clock: Clock;
  random: Random;
  log: Logger;
  print(text: string): void;
  /** Beside the output, on stderr. */
  warn(text: string): void;
  untilStopped(): Promise<void>;
  /** Resolves at the next line of stdin, or at its end. */
  untilEnter(): Promise<void>;
}

export interface Command {
  name: string;
  summary: string;
  help: string;
  /** Beside --help and --json. */
  options?: Record<string, { type: "string" | "boolean" }>;
  /** How many arguments may follow the name. */
  argumentCount?: number;
  /** It runs until it is stopped; for a command with arguments, only without arguments. */
  isServer?: true;
  /** Resolves with the exit code. */
  run(context: CommandContext): Promise<number>;
}

const HUB_DIR = join(fileURLToPath(new URL("..", import.meta.url)), "hub", "dist");
const SEED_HELP =
  "sharekeeper emulator --seed FILE   starts with your own world; if DATA_DIR holds a world, the next reset loads yours";
const SETTINGS = "Settings are environment variables: docs/reference/settings.md.";

/** The argument parser's form of the options. */
const OPTION_WORDS: Readonly<Partial<Record<CliCommand["name"], WordsOf>>> = {
  list: {
    status: { one: STATUSES, many: true },
    kind: { one: Kind.options },
    "who-must-act": { one: WhoMustAct.options },
    broken: { one: ["true", "false"] },
    sort: { one: SORT_WORDS },
  },
  import: { mode: { one: ["enforce", "observe"] } },
  signup: { flow: { one: SIGNUP_FLOWS }, language: { one: Object.keys(LANGUAGES) } },
  "api-keys": { role: { one: STAFF_ROLES }, scopes: { one: SCOPES, many: true } },
};

export const COMMANDS: readonly Command[] = [
  {
    name: "sandbox",
    summary: "Sharekeeper and the Meta emulator with the seeded world",
    help: SETTINGS,
    isServer: true,
    run: runSandbox,
  },
  { name: "serve", summary: "Sharekeeper in production", help: SETTINGS, isServer: true, run: runServe },
  {
    name: "emulator",
    summary: "the Meta emulator alone, and its scenarios",
    help: `${SCENARIO_HELP}\n\n${SEED_HELP}\n\n${SETTINGS}`,
    argumentCount: 3,
    options: {
      ...{ url: { type: "string" }, reset: { type: "boolean" }, seed: { type: "string" } },
      ...{ step: { type: "boolean" }, pause: { type: "string" } },
    },
    isServer: true,
    run: runEmulator,
  },
  {
    name: "migrate",
    summary: "brings the database up to date and ends",
    help: "Reads DATABASE_URL or DATA_DIR.",
    run: runMigrate,
  },
  {
    name: "doctor",
    summary: "checks settings, database and Meta, and says how to fix each fault",
    help:
      "Checks the list of docs/guides/going-live.md and changes nothing. Exit code 1 for a fault; " +
      `warnings leave it 0.\n\n${SETTINGS}`,
    run: runDoctor,
  },
  {
    name: "audit",
    summary: "verifies the chain of the audit",
    help:
      "sharekeeper audit verify [FILE]   the database, or a whole export of GET /api/v1/audit\n\n" +
      "--head ID:HASH   a head of the audit from the log: the chain must still hold it\n" +
      "--from ID:HASH   for a file that does not begin with line 1: the line before it\n\n" +
      "Reads DATABASE_URL or DATA_DIR. Exit code 1 when a line was changed, removed or inserted.",
    argumentCount: 2,
    options: { head: { type: "string" }, from: { type: "string" } },
    run: runAudit,
  },
  {
    name: "keys",
    summary: "replaces the keys that seal the database, while servers run",
    help:
      "sharekeeper keys rotate   a new data key; every row is sealed with it, and ENCRYPTION_KEY wraps all keys\n" +
      "sharekeeper keys status   the data keys, and how many rows each sealed; also: keys rotate --status\n\n" +
      "Reads DATABASE_URL or DATA_DIR, ENCRYPTION_KEY and ENCRYPTION_KEY_PREVIOUS. With --url, and where a running\n" +
      "server holds DATA_DIR, it asks that server instead: PUBLIC_URL, or HOST and PORT; --key or ADMIN_API_KEY.\n\n" +
      "Progress is on stderr. It may be ended and run again at any time. See docs/guides/rotate-secrets.md.",
    argumentCount: 1,
    options: { status: { type: "boolean" }, url: { type: "string" }, key: { type: "string" } },
    run: (context) => {
      const { env, options } = context;
      return runKeys({ ...context, api: () => apiOf({ options, defaults: apiDefaultsOf(env) }) });
    },
  },
  {
    name: "openapi",
    summary: "prints the OpenAPI 3.1 document of the Partner API",
    help: "Always JSON.",
    run: runOpenapi,
  },
  ...CLI_COMMANDS.map(clientCommandOf),
];

/** The command's own help with the values of its options, then what holds for all of these commands. */
function clientHelpOf(name: CliCommand["name"]): string {
  const own = [english(`cli.commands.${name}.help`), renderValues(OPTION_WORDS[name] ?? {})];
  return [own.join("\n").trim(), english("cli.where"), english("cli.codes")].join("\n\n");
}

/** A command that calls a running Sharekeeper over its API. */
function clientCommandOf(command: CliCommand): Command {
  const { name, argumentCount = 0, options, run } = command;
  return {
    name,
    summary: english(`cli.commands.${name}.summary`),
    help: clientHelpOf(name),
    argumentCount,
    options,
    run: ({ env, clock, args, options: given, json, print, warn, untilStopped }) => {
      checkOptions(command, given, OPTION_WORDS[name] ?? {});
      const context = {
        ...{ args, options: given, json, print, warn, untilStopped },
        defaults: apiDefaultsOf(env),
        now: () => clock.now(),
        pause: (ms: number) => clock.pause(ms),
        readText,
      };
      return run(apiOf(context), context);
    },
  };
}

/** Where a running Sharekeeper answers by these settings, and the key for it. */
function apiDefaultsOf(env: Env): Api {
  const { host, port, publicUrl, adminApiKey } = parseClientConfig(env);
  const url = env.PUBLIC_URL?.trim() ? (publicUrl ?? "") : `http://${host}:${port}`;
  return { url, key: adminApiKey };
}

export function helpOf(commands: readonly Command[]): string {
  const width = Math.max(...commands.map((command) => command.name.length));
  const lines = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return [
    "Sharekeeper keeps WhatsApp Business Accounts shared with their provider.",
    "",
    "Usage: sharekeeper <command> [--json] [--help]",
    "",
    ...lines,
  ].join("\n");
}

async function runSandbox(context: CommandContext): Promise<number> {
  const config = parseConfig(context.env, "sandbox");
  const { log, random, version } = context;
  log.level = config.logLevel;
  const sandbox = await startSandbox(config, { log, random, version, hubDir: HUB_DIR });
  const hub = `http://${config.host}:${sandbox.app.port}`;
  const { firstAdminUrl } = sandbox.app;
  const addresses = {
    ...{ hub, emulator: sandbox.emulator.url, api_key: config.adminApiKey },
    ...firstAdminJsonOf(firstAdminUrl),
  };
  context.print(
    context.json
      ? JSON.stringify(addresses)
      : [
          "",
          `  Sharekeeper    ${hub}`,
          `  Meta emulator  ${sandbox.emulator.url}`,
          "",
          `  Sign in with the API key ${config.adminApiKey}`,
          ...firstAdminLinesOf(firstAdminUrl).map((line) => `  ${line}`),
          "  Try: remove the partner and watch the Hub turn red",
          `  ${sandbox.emulator.url}/latest/settings/whatsapp_account?business_id=510000000000001` +
            "&selected_asset_id=100000000000001",
          "",
          "  Ctrl-C stops both; the next start finds everything as it was.",
          "",
        ].join("\n"),
  );
  await context.untilStopped();
  await sandbox.stop();
  return said(context, "Stopped. The next start finds everything as it was.");
}

/** The one place where the link is shown; nothing logs it. */
const firstAdminLinesOf = (url: string | null): string[] =>
  url === null ? [] : [`The first administrator signs in here, once, within 24 hours: ${url}`];

const firstAdminJsonOf = (url: string | null): { first_admin?: string } =>
  url === null ? {} : { first_admin: url };

async function runServe(context: CommandContext): Promise<number> {
  const config = parseConfig(context.env, "serve");
  const { clock, log, random, version } = context;
  log.level = config.logLevel;
  const app = await startApp(config, { clock, log, random, version, hubDir: HUB_DIR, sandbox: null });
  const address = `http://${config.host}:${app.port}`;
  const { firstAdminUrl } = app;
  context.print(
    context.json
      ? JSON.stringify({ hub: address, ...firstAdminJsonOf(firstAdminUrl) })
      : [`Sharekeeper listens on ${address}`, ...firstAdminLinesOf(firstAdminUrl)].join("\n"),
  );
  await context.untilStopped();
  await app.stop();
  return said(context, "Stopped.");
}

async function runEmulator(context: CommandContext): Promise<number> {
  const config = parseConfig(context.env, "sandbox");
  if (context.args.length > 0)
    return playScenarios(context, `http://${config.emulatorHost}:${config.emulatorPort}`);
  const callbackUrl = `http://${config.host}:${config.port}/webhooks/meta`;
  const { seed } = context.options;
  const own = typeof seed === "string" ? { seed: readSeedFile(seed) } : {};
  const emulator = await openEmulator(config, { callbackUrl, ...own });
  context.print(
    context.json
      ? JSON.stringify({ emulator: emulator.url })
      : `The Meta emulator listens on ${emulator.url}`,
  );
  await context.untilStopped();
  await emulator.stop();
  return said(context, "Stopped.");
}

/** Programs read the exit code. */
function said({ json, print }: CommandContext, words: string): number {
  if (!json) print(words);
  return 0;
}

function playScenarios(context: CommandContext, defaultUrl: string): Promise<number> {
  const { args, options, json, print, clock, untilEnter } = context;
  const flags = Object.entries(options).flatMap(([name, value]) =>
    value === true ? [`--${name}`] : typeof value === "string" ? [`--${name}`, value] : [],
  );
  const pause = (ms: number): Promise<void> => clock.pause(ms);
  return runScenarioCommand([...args, ...flags], { json, print, defaultUrl, pause, untilEnter });
}

async function runMigrate(context: CommandContext): Promise<number> {
  const config = parseDatabaseConfig(context.env);
  const db = await openDatabase(config);
  try {
    const applied = await migrate(db, context.clock);
    const words =
      applied === 0
        ? "The database is up to date."
        : `Applied ${applied} migration${applied === 1 ? "" : "s"}.`;
    context.print(context.json ? JSON.stringify({ applied }) : words);
  } finally {
    await db.close();
  }
  return 0;
}

async function runAudit(context: CommandContext): Promise<number> {
  const { args, options, env } = context;
  if (args[0] !== "verify") throw new UsageError("Say what to do: sharekeeper audit verify [FILE]");
  const [known, from] = [pointOf("head", options.head), pointOf("from", options.from)];
  if (args[1] !== undefined)
    return tellAudit(context, await verifyAudit(readAuditFile(args[1]), from ?? CHAIN_BEGIN, known));
  const config = parseDatabaseConfig(env);
  if (config.databaseUrl === undefined && findDataDirHolder(config.dataDir) !== null)
    throw new StartError(english("cli.audit_held", { dataDir: config.dataDir }));
  const db = await openDatabase(config);
  try {
    const begin = from ?? (await findAuditAnchor(db)) ?? CHAIN_BEGIN;
    return tellAudit(context, await verifyAudit(readAuditLines(db), begin, known));
  } finally {
    await db.close();
  }
}

/** @throws UsageError */
function pointOf(
  name: string,
  value: string | boolean | undefined | (string | boolean)[],
): ChainPoint | null {
  if (value === undefined) return null;
  const [, id, hash] = /^(\d{1,15}):([0-9a-f]{64})$/i.exec(typeof value === "string" ? value : "") ?? [];
  if (id === undefined || hash === undefined)
    throw new UsageError(`--${name} is not ID:HASH, such as 4711:9f86d0…; copy it from the log.`);
  return { id: Number(id), hash: Buffer.from(hash, "hex") };
}

function tellAudit({ json, print }: CommandContext, verdict: AuditVerdict): number {
  const head = `${verdict.head.id}:${verdict.head.hash.toString("hex")}`;
  const isIntact = verdict.state === "intact";
  const words = isIntact
    ? `The audit is intact: ${verdict.count} lines. Its head is ${head}`
    : `The audit is broken at line ${verdict.id} (${verdict.fault}). Intact before: ${verdict.count} lines.`;
  print(json ? JSON.stringify({ ...verdict, head }) : words);
  return isIntact ? 0 : 1;
}

async function runDoctor(context: CommandContext): Promise<number> {
  const findings = await examine(context);
  context.print(context.json ? JSON.stringify({ findings }) : renderFindings(findings));
  return findings.some((finding) => finding.state === "bad") ? 1 : 0;
}

function runOpenapi(context: CommandContext): Promise<number> {
  context.print(JSON.stringify(openapiDocument(context.version), null, 2));
  return Promise.resolve(0);
}

/** @throws StartError in one sentence */
function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new StartError(`The file ${path} cannot be read: ${why}. Give the path of a CSV file.`);
  }
}
