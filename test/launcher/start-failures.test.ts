/** M4: a start that cannot be ends with one clear sentence and no stack. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockDataDir } from "../../src/database/data-dir-lock.ts";
import { systemClock } from "../../src/lib/clock.ts";
import { runCommand } from "../support/command.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "sharekeeper-start-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const folder = (name: string) => (): unknown => mkdirSync(join(dataDir, name));
const file = (name: string) => (): unknown => writeFileSync(join(dataDir, name), "not ours");

/** Each row: the command, what stands in its way below DATA_DIR, and its sentence. */
test.each<[string, string[], () => unknown, RegExp]>([
  [
    "a folder in place of the note",
    ["emulator"],
    folder("emulator-world.pid"),
    /cannot be written \(EISDIR.*Set DATA_DIR/,
  ],
  [
    "a folder in place of the world",
    ["emulator"],
    folder("emulator-world.json"),
    /world in .* cannot be read \(EISDIR.*Move/,
  ],
  [
    "a world that is none",
    ["emulator"],
    file("emulator-world.json"),
    /world in .* cannot be read\. Move the file away/,
  ],
  [
    "a lock that is none",
    ["migrate"],
    file("sharekeeper.lock"),
    /cannot be written \(file is not a database\)/,
  ],
  ["a database that is none", ["migrate"], file("database"), /cannot be written \(EACCES.*database/],
  [
    "a seed that is not there",
    ["emulator", "--seed", "/nowhere/seed.json"],
    () => undefined,
    /\/nowhere\/seed\.json/,
  ],
])("%s", async (_what, args, spoil, sentence) => {
  spoil();
  const env = { DATA_DIR: dataDir, PORT: "0", EMULATOR_PORT: "0" };
  const { code, stderr, stdout } = await runCommand(args, env);
  expect({ code, stdout, lines: stderr.trim().split("\n").length }).toEqual({
    code: 1,
    stdout: "",
    lines: 1,
  });
  expect(stderr).toMatch(sentence);
  expect(stderr).toMatch(/^sharekeeper: /);
});

test("a lock that could not be taken whole is free again", () => {
  mkdirSync(join(dataDir, "sharekeeper.pid"));
  expect(() => lockDataDir(dataDir, systemClock)).toThrow(/cannot be written/);
  rmSync(join(dataDir, "sharekeeper.pid"), { recursive: true });
  lockDataDir(dataDir, systemClock).release();
});
