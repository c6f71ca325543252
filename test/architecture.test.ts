import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  circlesOf,
  deadImportsOf,
  doorFaultsOf,
  mayImport,
  nameFaultsOf,
  STOREYS,
  SUB_STOREYS,
} from "./support/architecture-doors.ts";
import { ambientFaultsOf, impureNounsOf, kindOf, STATEFUL } from "./support/architecture-purity.ts";
import { namesSaidIn, parseSource, readSources } from "./support/architecture-source.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const app = readSources(root, ["src", "test"]);
const exists = (path: string) => existsSync(join(root, path));

/** Who says one of these holds the Graph client, or the account that it is part of. */
const ACCOUNT_NAMES = ["graph", "accountOf"];
/**
 * The gateway takes the token alone; `graph` is a version's name; obtaining a client's token is a write that
 * an operator orders.
 */
const ACCOUNTS_IN_HTTP = [
  "src/http/server/bind-gateway.ts: accountOf",
  "src/http/api/connections/connection-warnings.ts: graph",
  "src/http/api/connections/directory.ts: graph",
  "src/http/api/connections/terms.ts: accountOf",
];

describe("the house as it stands", () => {
  test("every import goes through a door", () => expect(doorFaultsOf(app)).toEqual([]));
  test("no circles between files", () => expect(circlesOf(app)).toEqual([]));
  test("every room is named after the business, and there is no index.ts", () =>
    expect(nameFaultsOf(app)).toEqual([]));
  test("every relative import exists, in tests too", () => expect(deadImportsOf(app, exists)).toEqual([]));
  test("nouns are pure", () => expect(impureNounsOf(app)).toEqual([]));
  test("time, chance and the process come in from outside", () => expect(ambientFaultsOf(app)).toEqual([]));

  test("S12: no route asks Meta by itself, past the budget of a WABA", () => {
    const routes = readSources(root, ["src/http"]).filter(({ path }) => !path.includes(".test."));
    const holding = routes.flatMap(({ path, imports }) => [
      ...namesSaidIn(readFileSync(join(root, path), "utf8"), ACCOUNT_NAMES).map((name) => `${path}: ${name}`),
      ...imports.filter((each) => /graph-client/.test(each.target)).map(({ target }) => `${path}: ${target}`),
    ]);
    expect(holding).toEqual(ACCOUNTS_IN_HTTP);
  });

  test("serve starts Sharekeeper alone: nothing of the sandbox or of the emulator", () => {
    const commands = readFileSync(join(root, "src/commands.ts"), "utf8");
    const bodyOf = (name: string): string =>
      new RegExp(`^async function ${name}\\([\\s\\S]*?^}`, "m").exec(commands)?.[0] ?? "";
    const names = ["startSandbox", "openEmulator"];
    expect(namesSaidIn(bodyOf("runServe"), ["startApp", ...names])).toEqual(["startApp"]);
    expect(namesSaidIn(bodyOf("runSandbox"), names)).toEqual(["startSandbox"]);
  });

  test("the heart is there, and its nouns are known as nouns", () => {
    const kinds = new Map(app.map((file) => [file.path, kindOf(file)]));
    for (const noun of [
      "evidence/evidence-table",
      "evidence/hint",
      "evidence/judge-probe",
      "rules/observe",
      "rules/observe-hint",
      "rules/observe-probe",
      "status/derive",
      "status/status",
    ])
      expect([noun, kinds.get(`src/sharing/${noun}.ts`)]).toEqual([noun, "noun"]);
    expect(kinds.get("src/sharing/record/share-store.ts")).toBe("store");
    expect(kinds.get("src/sharing/probe/verify-share.ts")).toBe("verb");
    for (const path of Object.keys(STATEFUL)) expect([path, exists(path)]).toEqual([path, true]);
  });
});

describe("the doors", () => {
  test("a room sees what is below it, never what is above, and never a sibling", () => {
    expect(mayImport("sharing", "inbox", false)).toBe(true);
    expect(mayImport("sharing", "directory", false)).toBe(true);
    expect(mayImport("http", "lib", false)).toBe(true);
    expect(mayImport("directory", "sharing/model", true)).toBe(false);
    expect(mayImport("recovery", "sharing/status", false)).toBe(true);
    for (const rooms of STOREYS)
      for (const room of rooms)
        for (const sibling of rooms)
          if (room !== sibling && !(room === "problems" && sibling === "messages"))
            expect([room, sibling, mayImport(room, sibling, true)]).toEqual([room, sibling, false]);
  });

  test("within a room a sub-room sees those below it alone", () => {
    expect(mayImport("sharing/rules", "sharing/model", false)).toBe(true);
    expect(mayImport("sharing/model", "sharing/rules", true)).toBe(false);
    for (const rooms of Object.values(SUB_STOREYS).flat())
      for (const room of rooms)
        for (const sibling of rooms)
          if (room !== sibling)
            expect([room, sibling, mayImport(room, sibling, true)]).toEqual([room, sibling, false]);
    expect(doorFaultsOf([parseSource("src/sharing/stray.ts", "export {};")])).toHaveLength(1);
    expect(doorFaultsOf([parseSource("src/sharing/status/a.ts", `import "../record/b.ts";`)])).toHaveLength(
      1,
    );
  });

  test("the emulator knows lib alone, and only what starts it knows the emulator", () => {
    for (const room of STOREYS.flat()) {
      expect([room, mayImport("emulator", room, true)]).toEqual([room, room === "lib"]);
      expect([room, mayImport(room, "emulator", true)]).toEqual([
        room,
        ["sandbox", "commands"].includes(room),
      ]);
    }
  });

  test("cli sees the types of http and nothing that runs", () => {
    expect(mayImport("cli", "http", true)).toBe(true);
    expect(mayImport("cli", "http", false)).toBe(false);
    expect(mayImport("cli", "sharing", true)).toBe(false);
  });
});

describe("a planted violation is found", () => {
  const planted = (path: string, text: string) => [parseSource(path, text)];
  const doors = (path: string, text: string) => doorFaultsOf(planted(path, text));

  test("a new arrow, by import, by type, by re-export, by dynamic import and by an import type", () => {
    for (const text of [
      `import { a } from "../../http/kit/route.ts";`,
      `import type { A } from "../../http/kit/route.ts";`,
      `export { a } from "../../http/kit/route.ts";`,
      `export const f = () => import("../../http/kit/route.ts");`,
      `export type A = import("../../http/kit/route.ts").A;`,
    ])
      expect(doors("src/sharing/rules/share.ts", text)).toEqual([
        "src/sharing/rules/share.ts: sharing/rules may not import http/kit (src/http/kit/route.ts)",
      ]);
  });

  test.each([
    ["account.graph.ask(request)", "graph"],
    ["account?.graph.ask(request)", "graph"],
    ['account["graph"].ask(request)', "graph"],
    ["const { graph } = account", "graph"],
    ["const { token, graph: client } = account", "graph"],
    ['const { ["graph"]: client } = account', "graph"],
    ["({ graph: client } = account)", "graph"],
    ["const f = ({ graph }: Account) => graph", "graph"],
    ["const { account: { graph: { ask } } } = deps", "graph"],
    ["deps.accountOf(id)", "accountOf"],
    ["const { accountOf } = deps", "accountOf"],
    ["const { accountOf: find } = deps", "accountOf"],
    ["const f = ({ accountOf: find }: Deps) => find(id)", "accountOf"],
    ["deps[`accountOf`](id)", "accountOf"],
  ])("S12: a Graph client or its account taken by: %s", (text, name) =>
    expect(namesSaidIn(text, ACCOUNT_NAMES)).toEqual([name]),
  );

  test("S12: a type, a comment or a longer name takes nothing", () => {
    const text =
      'type D = Pick<Deps, "accountOf">; // account.graph\nconst f = (d: { graph: G }, graphUrl: string) => d;';
    expect(namesSaidIn(text, ACCOUNT_NAMES)).toEqual([]);
  });

  test("a sibling, an unknown room, a test and the way out of the house", () => {
    expect(doors("src/meta/a.ts", `import "../database/database.ts";`)).toHaveLength(1);
    expect(doors("src/billing/a.ts", "export {};")).toHaveLength(1);
    expect(doors("src/sharing/rules/a.ts", `import "./observe.test.ts";`)).toHaveLength(1);
    expect(doors("src/sharing/rules/a.ts", `import "../../../test/support/database.ts";`)).toHaveLength(1);
  });

  test("what is right, or no code, is left alone; tests have no doors", () => {
    expect(
      doors(
        "src/sharing/rules/a.ts",
        `import type { N } from "../../inbox/n.ts";\n// import "../http/route.ts"`,
      ),
    ).toEqual([]);
    expect(doors("src/sharing/rules/a.ts", 'export const text = `import "../http/route.ts"`;')).toEqual([]);
    expect(doors("src/sharing/rules/a.test.ts", `import "../http/route.ts";`)).toEqual([]);
  });

  test("a circle, also through types", () => {
    const files = [
      parseSource("src/sharing/a.ts", `import type { B } from "./b.ts";`),
      parseSource("src/sharing/b.ts", `import { c } from "./c.ts";`),
      parseSource("src/sharing/c.ts", `import { a } from "./a.ts";`),
    ];
    expect(circlesOf(files)).toEqual([
      "src/sharing/a.ts -> src/sharing/b.ts -> src/sharing/c.ts -> src/sharing/a.ts",
    ]);
    expect(circlesOf(files.slice(0, 2))).toEqual([]);
  });

  test("a room or file without a meaning, and an index.ts", () => {
    for (const path of [
      "src/utils/a.ts",
      "src/sharing/helpers/a.ts",
      "src/sharing/common.ts",
      "src/sharing/index.ts",
    ])
      expect([path, nameFaultsOf(planted(path, "")).length]).toEqual([path, 1]);
  });

  test("an import that leads nowhere, from a test too", () => {
    expect(deadImportsOf(planted("src/sharing/a.test.ts", `import "./gone.ts";`), () => false)).toHaveLength(
      1,
    );
  });

  test("a noun that waits, reads the clock, rolls dice, asks the process, the database or the network", () => {
    for (const text of [
      `export function f() { return (async () => 1)(); }`,
      `export function f() { return Date.now(); }`,
      `export function f() { return new Date(); }`,
      `export function f() { return new Date; }`,
      `export function f() { return Math.random(); }`,
      `export function f() { return process.env.A; }`,
      `export function f() { return fetch("https://example.org"); }`,
      `import { openDatabase } from "../../database/open-database.ts";`,
      `import { findShare } from "../record/share-store.ts";`,
      `import { request } from "undici";`,
      `import { readFileSync } from "node:fs";`,
    ])
      expect([text, impureNounsOf(planted("src/sharing/rules/share.ts", text)).length]).toEqual([text, 1]);
  });

  test("a noun may name a type of the database and an instant handed in; verbs and stores do I/O", () => {
    const types =
      `import type { Tx } from "../../database/database.ts";\n` +
      "export const at = (ms: number) => new Date(ms);";
    expect(impureNounsOf(planted("src/sharing/rules/share.ts", types))).toEqual([]);
    const waits = `export async function verifyShare() { await null; }`;
    expect(impureNounsOf(planted("src/sharing/probe/verify-share.ts", waits))).toEqual([]);
    expect(impureNounsOf(planted("src/sharing/record/share-store.ts", waits))).toEqual([]);
  });

  test("a timer, the clock, chance or the process outside lib/ and main.ts, in a verb too", () => {
    for (const call of [
      "setTimeout(f, 1)",
      "setInterval(f, 1)",
      "Date.now()",
      "new Date()",
      "Math.random()",
      "process.argv",
    ]) {
      const text = `export async function sendIt(f: () => void) { return ${call}; }`;
      expect([call, ambientFaultsOf(planted("src/sharing/send-it.ts", text)).length]).toEqual([call, 1]);
      expect(ambientFaultsOf(planted("src/lib/clock.ts", text))).toEqual([]);
      expect(ambientFaultsOf(planted("src/main.ts", text))).toEqual([]);
    }
  });
});
