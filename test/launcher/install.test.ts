/** M5: the first install ends well or in one sentence. npm is a small script here. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { install, missingPackages, npmFailureOf } from "../../bin/install.mjs";

const LOCK = {
  packages: {
    "": {},
    "node_modules/hono": { version: "1.0.0" },
    "node_modules/native-linux": {
      version: "2.0.0",
      optional: true,
      os: ["linux"],
      cpu: ["x64"],
      libc: ["glibc"],
    },
    "node_modules/native-musl": {
      version: "2.0.0",
      optional: true,
      os: ["linux"],
      cpu: ["x64"],
      libc: ["musl"],
    },
    "node_modules/native-mac": { version: "2.0.0", optional: true, os: "darwin" },
    "node_modules/not-windows": { version: "2.0.0", optional: true, os: ["!win32"] },
    "node_modules/anywhere": { version: "2.0.0", optional: true },
  },
};
const LINUX = { platform: "linux", arch: "x64", libc: "glibc" };

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sharekeeper-install-"));
  writeFileSync(join(root, "package-lock.json"), JSON.stringify(LOCK));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function record(...names: string[]): void {
  mkdirSync(join(root, "node_modules"), { recursive: true });
  const rows = Object.entries(LOCK.packages).filter(([path]) => names.some((name) => path.endsWith(name)));
  writeFileSync(
    join(root, "node_modules", ".package-lock.json"),
    JSON.stringify({ packages: Object.fromEntries(rows) }),
  );
}

/** A program in place of npm: a line of shell. */
function fakeNpm(script: string): string {
  const path = join(root, "npm");
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

describe("what is missing", () => {
  test("a folder whose installation was cut short has no record, and lacks everything", () => {
    mkdirSync(join(root, "node_modules"));
    expect(missingPackages(root, LINUX)).toContain("node_modules/hono");
  });

  test("this platform's optional packages count, other platforms' do not", () => {
    record("hono", "native-linux", "not-windows");
    expect(missingPackages(root, LINUX)).toEqual([]);
    record("hono", "not-windows");
    expect(missingPackages(root, LINUX)).toEqual(["node_modules/native-linux"]);
  });

  test("a folder copied from another platform lacks this one's", () => {
    record("hono", "native-mac", "not-windows");
    expect(missingPackages(root, LINUX)).toEqual(["node_modules/native-linux"]);
    expect(missingPackages(root, { platform: "linux", arch: "x64", libc: "musl" })).toEqual([
      "node_modules/native-musl",
    ]);
  });
});

describe("the installation", () => {
  test("is done once, and says why it is done again", async () => {
    const said: string[] = [];
    const say = (message: string): void => void said.push(message);
    const whole = JSON.stringify(LOCK);
    const npm = fakeNpm(
      `mkdir -p node_modules; cat > node_modules/.package-lock.json <<'END'\n${whole}\nEND`,
    );
    await install(root, { npm, say });
    await install(root, { npm, say });
    expect(said).toEqual([expect.stringMatching(/^installing from the lockfile \(once/)]);
    record("native-linux");
    await install(root, { npm, say });
    expect(said[1]).toMatch(/^node_modules is not complete for .*hono.*again/);
  });

  test("one that leaves packages out is not taken for whole", async () => {
    const npm = fakeNpm("mkdir -p node_modules");
    await expect(install(root, { npm })).rejects.toThrow(
      /npm did not install node_modules\/hono.*node_modules/,
    );
  });

  test("without npm says so", async () => {
    await expect(install(root, { npm: join(root, "no-npm") })).rejects.toThrow(/npm is not found/);
  });

  test("a failure is told in one sentence with npm's cause", async () => {
    const npm = fakeNpm(
      'echo "npm error code EACCES" >&2; echo "npm error path /clone/node_modules" >&2; exit 243',
    );
    const failure = (await install(root, { npm }).catch((error: unknown) => error)) as Error;
    expect(failure.message).toMatch(
      /^npm ci failed \(EACCES at \/clone\/node_modules\)\. This user may not write/,
    );
    expect(failure.message).not.toMatch(/network/i);
  });
});

test.each([
  ["ENOTFOUND", /Check the network/],
  ["ERR_SOCKET_TIMEOUT", /Check the network/],
  ["SELF_SIGNED_CERT_IN_CHAIN", /Check the network/],
  ["E403", /registry refuses/],
  ["EACCES", /may not write/],
  ["EROFS", /may not write/],
  ["ENOSPC", /disk is full/],
  ["ENOTEMPTY", /another npm/],
  ["EUSAGE", /lockfile/],
  ["ESOMETHING", /npm says why above/],
])("npm's %s", (code, words) => {
  for (const prefix of ["npm error", "npm ERR!"]) {
    const sentence = npmFailureOf(`${prefix} code ${code}\n${prefix} syscall x\n`);
    expect(sentence).toMatch(words);
    expect(sentence).toContain(code);
    if (!/network/.test(words.source)) expect(sentence).not.toMatch(/network/i);
  }
});
