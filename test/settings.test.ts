import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const MAIN = new URL("../src/main.ts", import.meta.url).pathname;

test("a LOG_LEVEL that is not valid is a fault among the others: one line each, exit code 2, nothing starts", () => {
  const env = { PATH: process.env.PATH, LOG_LEVEL: "loud", PORT: "x" };
  const run = spawnSync(process.execPath, [MAIN, "serve"], { env, encoding: "utf8" });
  expect(run.status).toBe(2);
  expect(run.stderr).toMatch(/^sharekeeper: LOG_LEVEL is "loud"/m);
  expect(run.stderr).toMatch(/^sharekeeper: PORT is "x"/m);
  expect(run.stderr).toMatch(/^sharekeeper: META_APP_SECRET is missing/m);
});
