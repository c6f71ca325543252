import { existsSync, globSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const require = createRequire(import.meta.url);
const MANTINE = dirname(require.resolve("@mantine/core/styles.css"));
const IMPORTED = /import \{([^}]*)\} from "@mantine\/core"/g;

test("the Hub loads the styles of each Mantine component that it uses", () => {
  const sheet = readFileSync("hub/src/styles/mantine.css", "utf8");
  const used = new Set(globSync("hub/src/**/*.tsx").flatMap(componentsOf));
  expect(used).toContain("PasswordInput");
  const styled = [...used].filter((name) => existsSync(join(MANTINE, "styles", `${name}.layer.css`)));
  expect(styled.filter((name) => !sheet.includes(`/${name}.layer.css`))).toEqual([]);
});

function componentsOf(path: string): string[] {
  const imports = [...readFileSync(path, "utf8").matchAll(IMPORTED)];
  return imports.flatMap(([, names]) => (names ?? "").split(",").map((name) => name.trim()));
}
