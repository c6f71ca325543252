import { basename, dirname } from "node:path";
import type { SourceFile } from "./architecture-source.ts";

/**
 * Who may import whom: a room sees the rooms of the lines above its own, never its siblings on the same line.
 * A room that is not here does not exist: it is added with its place, on purpose. `sharing/model` is the
 * sub-room src/sharing/model.
 */
export const STOREYS: readonly (readonly string[])[] = [
  ["lib", "problems", "messages"],
  ["config", "database", "meta"],
  ["credentials", "inbox", "access"],
  ["directory"],
  ["sharing"],
  ["connection", "coexistence", "cases"],
  ["recovery"],
  ["delivery", "mail"],
  ["onboarding", "messaging", "alerting", "client-messages", "reports"],
  ["sealed-columns"],
  ["http"],
  ["loops"],
  ["announce"],
  ["app"],
  ["sandbox", "doctor"],
  ["commands"],
  ["main"],
];

/** The same within a room, from the ground up. The room itself stands for the files beside its sub-rooms. */
export const SUB_STOREYS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  sharing: [
    ["sharing/model"],
    ["sharing/evidence", "sharing/status"],
    ["sharing/rules"],
    ["sharing/record"],
    ["sharing/gate", "sharing/incidents", "sharing/episodes", "sharing/budget"],
    ["sharing/probe"],
    ["sharing/reconcile"],
  ],
  onboarding: [
    ["onboarding"],
    ["onboarding/register", "onboarding/import"],
    ["onboarding/signup"],
    ["onboarding/terms"],
  ],
  alerting: [["alerting"], ["alerting/channels"]],
  delivery: [["delivery"], ["delivery/streams"]],
  messaging: [["messaging/keys"], ["messaging/gateway"]],
  emulator: [
    ["emulator/world", "emulator/http", "emulator/scenarios"],
    ["emulator/webhooks"],
    ["emulator/context"],
    ["emulator/actions", "emulator/graph"],
    ["emulator/signup"],
    ["emulator/signup/pages"],
    ["emulator/control"],
    ["emulator/pages"],
    ["emulator/reference"],
    ["emulator"],
  ],
  http: [
    ["http/kit"],
    ["http/api/wabas"],
    ["http/api/alerts", "http/api/cases", "http/api/events", "http/api/incidents"],
    ["http/api/clients", "http/api/connections"],
    [
      ...[
        "about",
        "alert-routes",
        "api-keys",
        "audit",
        "channels",
        "client-messages",
        "commerce-settings",
        "data-keys",
        "figures",
        "imports",
        "keys",
        "labels",
        "mail-bounces",
        "observe-report",
        "overview",
        "passkeys",
        "probes",
      ],
      ...[
        "registrations",
        "repairs",
        "reshare-links",
        "session",
        "signups",
        "timeline",
        "users",
        "webhook-endpoints",
        "webhook-override",
      ],
    ].map((resource) => `http/api/${resource}`),
    ["http/api/sign-in"],
    ["http/client-pages/reshare"],
    ["http/client-pages/invitation", "http/client-pages/unsubscribe", "http/api/portal"],
    ["http/client-pages/portal"],
    ["http/server"],
  ],
};

/**
 * Imports that the storeys do not allow by themselves. `types`: only type imports, which do not exist at run
 * time.
 */
const SIDE_DOORS: readonly { from: string; to: string; types?: true; why: string }[] = [
  { from: "problems", to: "messages", why: "every refusal has its sentences there" },
  { from: "emulator", to: "lib", why: "a small Meta of its own, which shares none of our mistakes" },
  { from: "sandbox", to: "emulator", why: "it starts both" },
  { from: "commands", to: "emulator", why: "`sharekeeper emulator` starts it alone" },
  { from: "cli", to: "lib", why: "a client of our API" },
  { from: "cli", to: "messages", why: "its sentences" },
  { from: "cli", to: "config", why: "its address and its key are settings" },
  { from: "cli", to: "http", types: true, why: "the shapes of the API" },
  { from: "commands", to: "cli", why: "one binary, every command" },
];

/** Names that say nothing about what lives there. */
const NAMELESS_ROOMS = new Set([
  "utils",
  "util",
  "helpers",
  "helper",
  "services",
  "service",
  "common",
  "shared",
  "misc",
]);

export const isTest = (path: string): boolean => /\.test\.ts$/.test(path) || path.startsWith("test/");

/** `sharing/model` for src/sharing/model/…; the room itself where it has no sub-rooms in the table. */
function subRoomOf(path: string): string {
  const room = roomOf(path);
  const folder = dirname(path).replace(/^src\/?/, "");
  return Object.hasOwn(SUB_STOREYS, room) && folder !== "" ? folder : room;
}

/** `sharing` for src/sharing/…, `main` for src/main.ts. */
export function roomOf(path: string): string {
  const [, room = ""] = path.split("/");
  return room.replace(/\.ts$/, "");
}

/** Every import that breaks the rules: one sentence each. */
export function doorFaultsOf(files: readonly SourceFile[]): string[] {
  const known = new Set([...STOREYS.flat(), ...SIDE_DOORS.flatMap((door) => [door.from, door.to])]);
  return files
    .filter((file) => file.path.startsWith("src/"))
    .flatMap((file) => {
      const room = roomOf(file.path);
      if (!known.has(room)) return [`${file.path}: the room ${room} is not in the list of rooms`];
      if (!hasPlace(subRoomOf(file.path)))
        return [`${file.path}: the sub-room ${subRoomOf(file.path)} is not in the list of rooms`];
      return isTest(file.path) ? [] : wrongArrowsOf(file);
    });
}

function hasPlace(subRoom: string): boolean {
  const storeys = SUB_STOREYS[topOf(subRoom)];
  return storeys === undefined || storeys.flat().includes(subRoom);
}

function wrongArrowsOf(file: SourceFile): string[] {
  const room = subRoomOf(file.path);
  return file.imports
    .filter((imported) => imported.isRelative)
    .flatMap((imported) => {
      if (!imported.target.startsWith("src/"))
        return [`${file.path}: imports from outside src: ${imported.target}`];
      if (isTest(imported.target)) return [`${file.path}: imports the test ${imported.target}`];
      const target = subRoomOf(imported.target);
      if (room === target || mayImport(room, target, imported.isTypeOnly)) return [];
      return [`${file.path}: ${room} may not import ${target} (${imported.target})`];
    });
}

export function mayImport(from: string, to: string, isTypeOnly: boolean): boolean {
  const [own, other] = [topOf(from), topOf(to)];
  if (own === other) return from !== to && isBelow(SUB_STOREYS[own] ?? [], to, from);
  if (isBelow(STOREYS, other, own)) return true;
  return SIDE_DOORS.some(
    (door) => door.from === own && door.to === other && (isTypeOnly || door.types !== true),
  );
}

const topOf = (room: string): string => room.split("/")[0] ?? room;

/** Whether `lower` stands on a line above that of `upper`; false where one of them has no place. */
function isBelow(storeys: readonly (readonly string[])[], lower: string, upper: string): boolean {
  const [below, above] = [lower, upper].map((room) => storeys.findIndex((rooms) => rooms.includes(room)));
  return below !== undefined && above !== undefined && below !== -1 && above !== -1 && below < above;
}

/** Rooms and files whose name says nothing. */
export function nameFaultsOf(files: readonly SourceFile[]): string[] {
  return files
    .filter((file) => file.path.startsWith("src/"))
    .flatMap(({ path }) => {
      const faults = path
        .split("/")
        .filter((part) => NAMELESS_ROOMS.has(part.replace(/\.ts$/, "")))
        .map((part) => `${path}: "${part}" names no part of the business`);
      if (basename(path) === "index.ts") faults.push(`${path}: index.ts is not allowed`);
      return faults;
    });
}

/** Relative imports of any file, tests too, that lead nowhere. `others` are files that are no TypeScript. */
export function deadImportsOf(files: readonly SourceFile[], exists: (path: string) => boolean): string[] {
  const known = new Set(files.map((file) => file.path));
  return files.flatMap((file) =>
    file.imports
      .filter(({ isRelative, target }) => isRelative && !known.has(target) && !exists(target))
      .map(({ target }) => `${file.path}: imports ${target}, which does not exist`),
  );
}

/**
 * Circles between files, each once, as "a -> b -> a". Types count too: what cannot be read in one order is no
 * order.
 */
export function circlesOf(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const circles = new Set<string>();
  const done = new Set<string>();
  const walk = (path: string, trail: string[]): void => {
    const begun = trail.indexOf(path);
    if (begun !== -1) circles.add([...trail.slice(begun), path].join(" -> "));
    if (begun !== -1 || done.has(path)) return;
    for (const { target } of byPath.get(path)?.imports ?? []) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const file of files) walk(file.path, []);
  return [...circles];
}
