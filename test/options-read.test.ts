import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { expect, test } from "vitest";
import { OPTIONS } from "../src/config/options.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

test("S5: every option of the table is read by code outside src/config: no setting without effect", () => {
  const code = globSync("src/**/*.ts", { cwd: root })
    .filter((path) => !path.startsWith(join("src", "config")) && !path.includes(".test."))
    .map((path) => readFileSync(join(root, path), "utf8"))
    .join("\n");
  const unread = Object.keys(OPTIONS).filter((key) => !new RegExp(`\\b${key}\\b`).test(code));
  expect(unread).toEqual([]);
});
