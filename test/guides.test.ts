/** M7: what the guides tell people to type is there: commands, options, settings and calls of the API. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { COMMANDS } from "../src/commands.ts";
import { OPTIONS } from "../src/config/options.ts";
import { openapiDocument } from "../src/http/server/openapi.ts";

const ROOT = new URL("../", import.meta.url);
const PAGES = [
  "README.md",
  "docs/reference/api-conventions.md",
  ...readdirSync(new URL("docs/guides/", ROOT))
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/guides/${name}`),
].map((name) => [name, readFileSync(new URL(name, ROOT), "utf8")] as const);

const blocksOf = (page: string): string[] =>
  [...page.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].map(([, block = ""]) => block);

test.each(PAGES)("%s: every call of the API is in the document, with its method", (_name, page) => {
  const paths = Object.entries(openapiDocument("0.0.0").paths ?? {}).flatMap(([path, item]) =>
    Object.keys(item ?? {}).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, "{}")}`),
  );
  for (const [, method, path = ""] of page.matchAll(/\b(GET|POST|PUT|PATCH|DELETE) (\/api\/v1\/[\w/{}-]+)/g))
    expect(paths).toContain(`${method} ${path.replaceAll(/\{\w+\}/g, "{}")}`);
});

test.each(PAGES)("%s: every command and its options exist", (_name, page) => {
  for (const [, name, rest = ""] of page.matchAll(/\bsharekeeper ([a-z][a-z-]*)((?: +[^\n`#|&]+)?)/g)) {
    const command = COMMANDS.find((candidate) => candidate.name === name);
    if (command === undefined && !page.includes(`npx sharekeeper ${name}`)) continue;
    const options = ["json", "help", ...Object.keys(command?.options ?? {})];
    expect(command, name).toBeDefined();
    for (const [, option] of rest.matchAll(/--([a-z-]+)/g))
      expect(options, `${name} ${rest}`).toContain(option);
  }
});

test.each(PAGES)("%s: every setting exists, and no comment stands behind a value", (_name, page) => {
  const known = new Set<string>(Object.values(OPTIONS).map(({ name }) => name));
  for (const block of blocksOf(page))
    for (const line of block.split("\n")) {
      const [, name = "", value = ""] = /^([A-Z][A-Z_]+)=(.*)$/.exec(line) ?? [];
      if (name === "") continue;
      expect([...known]).toContain(name);
      expect(value, line).not.toMatch(/\s#/);
    }
});

test("the guide's proxy keeps the addresses that are keys out of both of its logs", () => {
  const guide = new Map(PAGES).get("docs/guides/going-live.md") ?? "";
  const [, location] =
    /^ {2}location ~ \^\/\(reshare\|onboard\|portal\)\/ \{\n([\s\S]*?)^ {2}\}/m.exec(guide) ?? [];
  // A refused request stands in the error log with its whole address.
  expect(location).toContain("access_log off;");
  expect(location).toContain("error_log /dev/null;");
});
