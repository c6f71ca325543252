/** What is installed is what was locked: each package by its hash, from the registry alone. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Locked {
  version?: string;
  resolved?: string;
  integrity?: string;
  /** A folder instead of a package. */
  link?: boolean;
}

const readJson = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../${name}`, import.meta.url), "utf8"));
const { packages } = readJson("package-lock.json") as { packages: Record<string, Locked> };
const installed = Object.entries(packages).filter(([path]) => path !== "");

test("each package has a SHA-512, and none has an address of its own", () => {
  expect(installed.length).toBeGreaterThan(100);
  const isLocked = ({ resolved, integrity = "", link = false }: Locked): boolean =>
    /^sha512-[\w+/]{86}==$/.test(integrity) &&
    !link &&
    (resolved === undefined || resolved.startsWith("https://registry.npmjs.org/"));
  expect(installed.filter(([, each]) => !isLocked(each)).map(([path]) => path)).toEqual([]);
});

test("package.json asks for exact versions, which are the locked ones", () => {
  const own = readJson("package.json") as Record<string, Record<string, string>>;
  const asked = Object.entries({ ...own["dependencies"], ...own["devDependencies"] });
  expect(asked.length).toBeGreaterThan(20);
  for (const [name, version] of asked)
    expect([name, packages[`node_modules/${name}`]?.version]).toEqual([name, version]);
});
