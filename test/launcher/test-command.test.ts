/** L17: what `npm test` prints into a file: plain text, nothing untrue, the sum as its last line. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const CHECKOUT = fileURLToPath(new URL("../..", import.meta.url));
const run = promisify(execFile);

test("npm test into a file: no escape codes, no file that is gone, the sum last and the skipped before it", async () => {
  const env = { ...process.env, DATABASE_URL: "", FORCE_COLOR: undefined, NO_COLOR: undefined };
  const args = ["bin/test.mjs", "src/lib/cut-text", "src/database/postgres-listener", "--maxWorkers=1"];
  const { stdout } = await run(process.execPath, args, { cwd: CHECKOUT, env });
  expect(stdout).not.toContain("\u001B");
  expect(stdout).not.toMatch(/written to/);
  const lines = stdout.trimEnd().split("\n");
  expect(lines.at(-1)).toMatch(/^[1-9]\d* passed, 0 failed$/);
  expect(lines.at(-2)).toMatch(/^[1-9]\d* skipped: they need a PostgreSQL server\./);
});
