/**
 * L13, L14: what npm packs is whole: every file that its programs import, every page that its pages lead to.
 */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);

let folder: string;
let packed: string[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sharekeeper-pack-"));
  const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: ROOT });
  const answer = JSON.parse(stdout) as { files: { path: string }[] }[];
  packed = (answer[0]?.files ?? []).map(({ path }) => path);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const isPacked = (path: string): boolean =>
  packed.some((file) => file === path || file.startsWith(`${path}/`));
/** Made by prepack, and not there in a checkout. */
const isBuilt = (path: string): boolean => /^(dist|hub\/dist)\//.test(path);

test("every link and picture of a packed page leads to a packed file", () => {
  const dead: string[] = [];
  for (const page of packed.filter((path) => path.endsWith(".md") && !isBuilt(path))) {
    for (const [, target = ""] of read(page).matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      const path = posix.normalize(posix.join(posix.dirname(page), target)).replace(/\/$/, "");
      if (!isPacked(path)) dead.push(`${page} -> ${target}`);
    }
  }
  expect(dead).toEqual([]);
});

test("every file that a packed program imports is packed, and so is what package.json names", () => {
  const programs = packed.filter((path) => /^bin\/.*\.mjs$/.test(path));
  expect(programs).toContain("bin/sharekeeper.mjs");
  for (const program of programs)
    for (const [, target = ""] of read(program).matchAll(/from "(\.[^"]+)"|import "(\.[^"]+)"/g))
      if (target !== "") expect(packed).toContain(posix.join(posix.dirname(program), target));
  const { bin, exports } = JSON.parse(read("package.json")) as {
    bin: Record<string, string>;
    exports: Record<string, string | Record<string, string>>;
  };
  const named = [
    ...Object.values(bin),
    ...Object.values(exports).flatMap((entry) => Object.values(entry === String(entry) ? [entry] : entry)),
  ];
  for (const path of named.map((each) => each.replace(/^\.\//, "")))
    if (!isBuilt(path)) expect(packed).toContain(path);
});

test("nothing is packed that nobody needs", () => {
  expect(packed.filter((path) => /\.test\.|^(src|test|hub\/src|node_modules|\.ci)\//.test(path))).toEqual([]);
});

/** A provider's own test, in a process of its own. */
const OWN_TEST = `
import { startEmulator } from "sharekeeper/emulator";
const emulator = await startEmulator({
  port: 0, callbackUrl: null, partnerBusinessId: "734443296905665", partnerName: "Provider",
  appId: "600000000000001", appSecret: "secret", systemUserId: "610000000000001",
  systemUserToken: "token", verifyToken: "verify",
});
const done = await emulator.act({ action: "partner.remove", waba_id: "100000000000001" });
await emulator.stop();
process.stdout.write(JSON.stringify(done.ok));
`;

test("sharekeeper/emulator can be imported by its name", async () => {
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", OWN_TEST], { cwd: ROOT });
  expect(stdout).toBe("true");
});

test("under an older Node sharekeeper/emulator says in one sentence what it needs", async () => {
  const preload = join(folder, "old.cjs");
  writeFileSync(
    preload,
    `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } });`,
  );
  const args = ["--require", preload, "--input-type=module", "--eval", OWN_TEST];
  const failure = await run(process.execPath, args, { cwd: ROOT }).catch(
    (error: { stderr: string }) => error,
  );
  expect(failure.stderr).toMatch(
    /Error: sharekeeper\/emulator needs Node 24 or newer, and this is Node 20\.20\.2\./,
  );
});
