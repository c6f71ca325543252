import { basename } from "node:path";
import { isTest, roomOf } from "./architecture-doors.ts";
import type { SourceFile } from "./architecture-source.ts";

/** Rooms that are the edge to the world by their nature. In all others the kind of a file is in its name. */
const EDGES = new Set([
  "lib",
  "database",
  "emulator",
  "http",
  "cli",
  "loops",
  "app",
  "sandbox",
  "doctor",
  "commands",
  "main",
]);

/**
 * First words of verbs that do I/O (docs/STYLE.md), and of the parts that are put together once and then
 * live.
 */
const IO_WORDS = new Set(
  (
    "find get lock save append read record verify sweep receive process open complete send raise deliver serve " +
    "create revoke register import check reconcile discover adopt offboard close reopen start watch catch follow " +
    "insert claim release run repair prove write rotate seal settle ask"
  ).split(" "),
);

/** Stateful parts that do I/O under the name of a thing, each with its reason. */
export const STATEFUL: Readonly<Record<string, string>> = {
  "src/access/act.ts": "an act under way, whose database appends its line",
  "src/sharing/gate/gate-cache.ts": "the gate of every number, kept current by the journal",
  "src/meta/graph-client.ts": "the wire to the Graph API",
  "src/messaging/gateway/message-wire.ts": "the wire of the messages",
};

/** Modules that are I/O: a noun takes what it needs as values. */
const IO_MODULES =
  /^(node:(fs|net|http|https|tls|dns|child_process|worker_threads|timers|process|os)|pg|pg-boss|undici|pino|nodemailer|@electric-sql\/|@hono\/node-server)/;

const IMPURE = [
  "async",
  "await",
  "Date.now",
  "new Date()",
  "Math.random",
  "performance.now",
  "process",
  "fetch",
];
const AMBIENT = ["Date.now", "new Date()", "Math.random", "performance.now", "setTimeout", "setInterval"];

export type Kind = "edge" | "test" | "store" | "verb" | "stateful" | "noun";

/** What kind of a file it is, by its place, its name and its first exported function. */
export function kindOf(file: SourceFile): Kind {
  if (isTest(file.path)) return "test";
  if (EDGES.has(roomOf(file.path))) return "edge";
  const name = basename(file.path, ".ts");
  if (name.endsWith("-store")) return "store";
  if (Object.hasOwn(STATEFUL, file.path)) return "stateful";
  if (file.firstExport?.isAsync === true || IO_WORDS.has(name.split("-")[0] ?? "")) return "verb";
  return "noun";
}

/** A noun is pure: no waiting, no clock, no chance, no process, no database, no network. */
export function impureNounsOf(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => file.path.startsWith("src/") && kindOf(file) === "noun")
    .flatMap((file) => {
      const touched = IMPURE.filter((name) => file.touches.has(name)).map((name) => `uses ${name}`);
      const imported = file.imports
        .filter(
          (from) =>
            !from.isTypeOnly && (from.isRelative ? isOutside(from.target) : IO_MODULES.test(from.target)),
        )
        .map((from) => `imports ${from.target}`);
      return [...touched, ...imported].map((fault) => `${file.path} is a noun, but ${fault}`);
    });
}

const isOutside = (target: string): boolean => roomOf(target) === "database" || target.endsWith("-store.ts");

/** Files that may know where they run: what is asked is no setting. */
const KNOWS_THE_PROCESS: Readonly<Record<string, string>> = {
  "src/database/data-dir-lock.ts": "the lock names the process that holds it",
  "src/database/durable-files.ts": "Windows cannot sync a folder",
};

/** Time, chance and the process come in from outside: only lib/ and main.ts reach for them. */
export function ambientFaultsOf(files: readonly SourceFile[]): string[] {
  return files
    .filter(
      ({ path }) =>
        path.startsWith("src/") && !isTest(path) && roomOf(path) !== "lib" && path !== "src/main.ts",
    )
    .flatMap((file) => {
      const knows = Object.hasOwn(KNOWS_THE_PROCESS, file.path);
      const names = knows ? AMBIENT : [...AMBIENT, "process"];
      return names
        .filter((name) => file.touches.has(name))
        .map((name) => `${file.path} uses ${name} by itself`);
    });
}
