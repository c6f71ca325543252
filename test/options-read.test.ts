import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { OPTIONS } from "../src/config/options.ts";
import { configReadsIn } from "./support/config-reads.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const files = globSync("src/**/*.ts", { cwd: root })
  .filter((path) => !path.startsWith(join("src", "config")) && !path.includes(".test."))
  .map((path) => readFileSync(join(root, path), "utf8"))
  .filter((text) => /config/i.test(text));

const unreadIn = (texts: readonly string[]): string[] => {
  const read = new Set(texts.flatMap((text) => [...configReadsIn(text)]));
  return Object.keys(OPTIONS).filter((key) => !read.has(key));
};

test("S5: every option of the table is read by code outside src/config: no setting without effect", () => {
  expect(unreadIn(files)).toEqual([]);
});

describe("a read that is taken away is missed", () => {
  test.each(["mode", "host", "port", "encryptionKey", "sweepPeriodMs", "logLevel"])("%s", (key) => {
    const byAccess = new RegExp(`\\bconfig\\.${key}\\b`, "g");
    const byName = new RegExp(`(\\{[^{}]*)\\b${key}\\b([^{}]*\\}(?:: Config| = config))`, "g");
    const without = files.map((text) => text.replace(byAccess, "config.gone").replace(byName, "$1gone$2"));
    expect(unreadIn(without)).toEqual([key]);
  });
});

test.each([
  ["f(config.mode)", ["mode"]],
  ["f(input.config.mode)", ["mode"]],
  ["const { mode, port: own } = config", ["mode", "port"]],
  ["const { mode } = input.config", ["mode"]],
  ["function f({ mode }: Config) {}", ["mode"]],
  ["function f(own: Config) { return own.mode; }", ["mode"]],
  ['type Own = Pick<Config, "mode">; const f = (own: Own) => own.mode;', ["mode"]],
  ["// config.mode", []],
  ['f("config.mode")', []],
  ["f(asset.mode)", []],
  ["const { mode } = asset", []],
  ["function f({ mode }: Asset) {}", []],
  ["f({ ...config, mode: 1 })", []],
])("S5: %s reads %j", (text, reads) => expect([...configReadsIn(text)]).toEqual(reads));
