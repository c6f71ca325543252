import { spawnSync } from "node:child_process";
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommand, startCommand } from "../../test/support/command.ts";

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "sharekeeper-modes-"));
});
afterEach(() => rmSync(parent, { recursive: true, force: true, maxRetries: 3 }));

const ENV = { PORT: "0", EMULATOR_PORT: "0", LOG_LEVEL: "silent" };

/** Everything below a directory, and itself, that others may read, write or enter. */
function openPathsIn(path: string): string[] {
  const own = (lstatSync(path).mode & 0o077) === 0 ? [] : [`${path} ${lstatSync(path).mode.toString(8)}`];
  if (!statSync(path).isDirectory()) return own;
  return [...own, ...readdirSync(path).flatMap((name) => openPathsIn(join(path, name)))];
}

describe.skipIf(process.platform === "win32")("S1: what DATA_DIR holds", { timeout: 60_000 }, () => {
  test("is for its owner alone after a sandbox has run, whatever the umask it was started with", async () => {
    const before = process.umask(0);
    const dataDir = join(parent, "data");
    try {
      const sandbox = startCommand(["sandbox", "--json"], { ...ENV, DATA_DIR: dataDir });
      await sandbox.ready;
      expect(openPathsIn(dataDir)).toEqual([]);
      sandbox.kill("SIGTERM");
      expect((await sandbox.ended).code).toBe(0);
    } finally {
      process.umask(before);
    }
    expect(readdirSync(dataDir)).toEqual(expect.arrayContaining(["database", "emulator-world.json"]));
    expect(openPathsIn(dataDir)).toEqual([]);
  });

  test.each([0o755, 0o750, 0o701])("is refused when others may enter (%i), in one sentence", async (mode) => {
    const dataDir = join(parent, "data");
    mkdirSync(dataDir);
    chmodSync(dataDir, mode);
    const { code, stderr } = await runCommand(["sandbox"], { ...ENV, DATA_DIR: dataDir });
    expect([code, stderr.trim().split("\n").length]).toEqual([1, 1]);
    expect(stderr).toContain(`Run: chmod -R go= '${dataDir}'`);
    expect(readdirSync(dataDir)).toEqual([]);
    spawnSync("chmod", ["-R", "go=", dataDir]);
    expect((await runCommand(["migrate"], { DATA_DIR: dataDir })).code).toBe(0);
  });
});
