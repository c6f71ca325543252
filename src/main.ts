/**
 * The only reader of `process`: picks the command, builds the world from outside, and handles signals and
 * exit codes.
 */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { pino, type Logger } from "pino";
import { COMMANDS, helpOf, type Command, type CommandContext } from "./commands.ts";
import { ConfigError } from "./config/parse-config.ts";
import { systemClock } from "./lib/clock.ts";
import { systemRandom } from "./lib/random.ts";
import { DatabaseError } from "./database/database.ts";
import { startStopwatch } from "./lib/stopwatch.ts";
import { fileFailureOf, StartError, UsageError } from "./lib/start-error.ts";

const EXIT_FAILED = 1;
/** Invalid settings or arguments. */
const EXIT_USAGE = 2;

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  version: string;
};

/**
 * Secrets never reach a log line: fields that may hold one are removed. LOG_LEVEL applies once the settings
 * are read.
 */
function openLog(): Logger {
  const redact = [
    "*.token",
    "*.secret",
    "*.authorization",
    "*.cookie",
    "headers",
    "body",
    "*.headers",
    "*.body",
  ];
  return pino({ name: "sharekeeper", level: "warn", redact }, pino.destination(2));
}

/**
 * A terminal's Ctrl-C arrives twice, from the terminal and from our launcher. One more after this long is a
 * person who wants to stop at once.
 */
const SAME_SIGNAL_MS = 1000;
const EXIT_INTERRUPTED = 130;

/**
 * Resolves at Ctrl-C, SIGTERM, or when the process that launched us is gone. A second Ctrl-C does not wait
 * for a clean end.
 */
function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    let sinceFirstMs: (() => number) | null = null;
    const stop = (): void => {
      if (sinceFirstMs !== null && sinceFirstMs() > SAME_SIGNAL_MS) process.exit(EXIT_INTERRUPTED);
      sinceFirstMs ??= startStopwatch();
      resolve();
    };
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
    process.once("disconnect", () => resolve());
  });
}

let lines: AsyncIterator<string> | undefined;

async function untilEnter(): Promise<void> {
  lines ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  await lines.next();
}

async function run(): Promise<number> {
  const [name = "help", ...rest] = process.argv.slice(2);
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (["--version", "-v", "version"].includes(name)) return print(version);
  if (command === undefined) {
    const wanted = ["help", "--help", "-h"].includes(name);
    if (!wanted) process.stderr.write(`sharekeeper: there is no command "${name}".\n\n`);
    (wanted ? process.stdout : process.stderr).write(`${helpOf(COMMANDS)}\n`);
    return wanted ? 0 : EXIT_USAGE;
  }
  const { values, positionals } = parseWords(command, rest);
  isServer = command.isServer === true && positionals.length === 0;
  if (values.help === true) return print(`${command.name}: ${command.summary}\n\n${command.help}`);
  const extra = positionals.slice(command.argumentCount ?? 0);
  if (extra.length > 0)
    throw new UsageError(
      `${command.name} does not take "${extra.join(" ")}". See: sharekeeper ${command.name} --help`,
    );
  const context: CommandContext = {
    env: process.env,
    args: positionals,
    options: values,
    json: values.json === true,
    version,
    clock: systemClock,
    random: systemRandom,
    log: openLog(),
    print: (text) => void process.stdout.write(`${text}\n`),
    warn: complain,
    untilStopped,
    untilEnter,
  };
  return command.run(context);
}

/** @throws UsageError for an option that the command does not have, or one without its value */
function parseWords(command: Command, args: string[]) {
  const options = {
    ...command.options,
    help: { type: "boolean", short: "h" },
    json: { type: "boolean" },
  } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const [words = ""] = error.message.split(/\. To specify|\n/);
    throw new UsageError(`${words.replace(/\.?$/, ".")} See: sharekeeper ${command.name} --help`);
  }
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof ConfigError) {
    for (const fault of error.faults) complain(fault);
    return EXIT_USAGE;
  }
  if (error instanceof UsageError) {
    complain(error.message);
    return EXIT_USAGE;
  }
  complain(sentenceOf(error));
  if (["debug", "trace"].includes(process.env.LOG_LEVEL ?? "") && error instanceof Error)
    complain(error.stack ?? "");
  return EXIT_FAILED;
}

/** One sentence for every failure; the stack only with LOG_LEVEL=debug. */
function sentenceOf(error: unknown): string {
  if (error instanceof StartError) return error.message;
  const file = fileFailureOf(error);
  if (file !== undefined) return `${file}.`;
  const words = error instanceof Error ? error.message : String(error);
  if (error instanceof DatabaseError)
    return (
      `The database refuses (${error.code}): ${words}. ` +
      "Its user needs all rights on a database of its own."
    );
  return (
    `Something went wrong on our side: ${words}. ` +
    "Run it again with LOG_LEVEL=debug and report what it prints."
  );
}

function complain(words: string): void {
  process.stderr.write(`sharekeeper: ${words}\n`);
}

/**
 * Resolves when the output has left the process: a pipe takes 64 KiB at a time, and an exit would cut off the
 * rest.
 */
function drain(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write("", () => resolve()));
}

/** The reader of our output may close it early (`| head -1`). A command then ends; a server continues. */
function onOutputClosed(error: NodeJS.ErrnoException): void {
  if (isServer) return;
  if (error.code !== "EPIPE")
    process.stderr.write(`sharekeeper: cannot write the output (${error.message}).\n`);
  process.exit(error.code === "EPIPE" ? process.exitCode : EXIT_FAILED);
}

let isServer = false;
process.stdout.on("error", onOutputClosed);
process.stderr.on("error", () => undefined);
// Files written here hold clients' names, numbers and sealed secrets: only this user may read them.
process.umask(0o077);
process.exitCode = await run().catch(exitCodeOf);
await Promise.all([drain(process.stdout), drain(process.stderr)]);
process.exit();
