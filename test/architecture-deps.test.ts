import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { bagFaultsOf } from "./support/architecture-deps.ts";
import { readSources } from "./support/architecture-source.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

test("no function takes a bag: it uses every dependency that its type names", () => {
  const files = readSources(root, ["src"]).map(({ path }) => path);
  expect(bagFaultsOf(root, files)).toEqual([]);
});

const BAGS: readonly [what: string, text: string, spare: string][] = [
  ["a function that names more", "export const f = (deps: AllDeps) => deps.db + deps.clock;", "random"],
  [
    "one that binds less",
    "export function f(deps: AllDeps) { const { db } = deps; return db; }",
    "clock, random",
  ],
  ["one that is given them one by one", "export function f({ db }: AllDeps) { return db; }", "clock, random"],
  [
    "one whose callee uses less",
    `export function f(deps: AllDeps) { return g(deps); }
     function g(deps: Pick<AllDeps, "db">) { return deps.db; }`,
    "clock, random",
  ],
  [
    "one that replaces what its callee uses",
    `export function f(deps: AllDeps) { return g({ ...deps, db: "own" }) + deps.random; }
     function g({ db, clock }: Pick<AllDeps, "db" | "clock">) { return db + clock; }`,
    "db",
  ],
  ["a constructor", "export class F { constructor(deps: AllDeps) { deps.db.at(0); } }", "clock, random"],
];
const NARROW: readonly [what: string, text: string][] = [
  ["all are used", "export const f = (deps: AllDeps) => deps.db + deps.clock + deps.random;"],
  [
    "a callee in a circle uses them",
    `export function f(deps: Pick<AllDeps, "db">): string { return g(deps); }
     function g(deps: Pick<AllDeps, "db">): string { return deps.db === "" ? f(deps) : deps.db; }`,
  ],
  ["the object is kept", "export class F { #deps; constructor(deps: AllDeps) { this.#deps = deps; } }"],
  [
    "the callee is judged by its own type",
    `export const f = (deps: AllDeps) => g(deps);
     const g = (parts: { db: string; clock: string; random: string }) => parts;`,
  ],
  ["a table says what its functions get", "export interface Row { run(deps: AllDeps): void }"],
];

describe("a planted bag is found, and what is right is left alone", () => {
  const DEPS = "interface AllDeps { db: string; clock: string; random: string }\n";
  const pathOf = (what: string): string => `src/sharing/record/${what.replaceAll(" ", "-")}.ts`;
  const texts = new Map([...BAGS, ...NARROW].map(([what, text]) => [pathOf(what), DEPS + text]));
  const faults = bagFaultsOf(root, [...texts.keys()], texts);
  const faultsOf = (what: string): string[] => faults.filter((fault) => fault.startsWith(pathOf(what)));

  test.each(BAGS)("%s", (what, _, spare) => {
    expect(faultsOf(what)).toEqual([expect.stringMatching(new RegExp(`does not use ${spare}$`))]);
  });
  test.each(NARROW)("%s", (what) => expect(faultsOf(what)).toEqual([]));
});
