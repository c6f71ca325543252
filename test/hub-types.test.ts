import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

test("docs/reference/openapi.json and the Hub's API types are what the routes say", async () => {
  const check = promisify(execFile)(process.execPath, ["bin/hub-types.mjs", "--check"], { cwd: ROOT });
  expect(await check.catch((error: { stderr: string }) => error)).toMatchObject({ stderr: "" });
});
