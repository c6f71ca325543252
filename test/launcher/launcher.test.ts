/**
 * Deviation 2 and M5: a signal to npm, to its shell or to the launcher leaves no process. The child is a
 * small program here.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const CHECKOUT = fileURLToPath(new URL("../..", import.meta.url));
const FOLDER_OF_NODE = dirname(process.execPath);

/** Says its pid, and ends half a second after a signal, when it has written that down. */
const PROGRAM = `
import { writeFileSync } from "node:fs";
const stay = setInterval(() => undefined, 1000);
const stop = () => setTimeout(() => {
  writeFileSync(new URL("../ended", import.meta.url), "");
  clearInterval(stay);
  process.exit(0);
}, 500);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.once(signal, stop);
process.stdout.write("pid " + process.pid + "\\n");
`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "sharekeeper-launcher-"));
  cpSync(join(CHECKOUT, "bin"), join(root, "bin"), { recursive: true });
  cpSync(join(CHECKOUT, "package.json"), join(root, "package.json"));
  mkdirSync(join(root, "src"));
  writeFileSync(join(root, "src", "main.ts"), PROGRAM);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function start(command: string, args: string[], env: Record<string, string> = {}): ChildProcess {
  const path = [root, FOLDER_OF_NODE, process.env.PATH].join(delimiter);
  const own = { ...process.env, npm_lifecycle_event: undefined, ...env, PATH: path };
  return spawn(command, args, { cwd: root, env: own, stdio: ["ignore", "pipe", "pipe"] });
}

/** Resolves with the first match in what it prints. */
function printed({ stdout, stderr }: ChildProcess, wanted: RegExp): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    for (const stream of [stdout, stderr])
      stream?.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        const found = wanted.exec(text);
        if (found) resolve(found[1] ?? "");
      });
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test.each(["SIGTERM", "SIGINT"] as const)(
  "%s to npm start ends with the program, not before it",
  async (signal) => {
    const npm = start("npm", ["start"]);
    const pid = Number(await printed(npm, /^pid (\d+)$/m));
    npm.kill(signal);
    await once(npm, "exit");
    expect(existsSync(join(root, "ended"))).toBe(true);
    expect(isAlive(pid)).toBe(false);
  },
);

test("a shell of npm's that dies of its signal takes the program with it", async () => {
  const shell = start("sh", ["-c", "node bin/sharekeeper.mjs sandbox; true"], { npm_lifecycle_event: "npx" });
  const pid = Number(await printed(shell, /^pid (\d+)$/m));
  shell.kill("SIGTERM");
  // Its output is closed when the launcher and the program have ended, too.
  await once(shell, "close");
  expect(existsSync(join(root, "ended"))).toBe(true);
  expect(isAlive(pid)).toBe(false);
});

test("a signal during the installation waits for npm's end, and says so", async () => {
  writeFileSync(
    join(root, "package-lock.json"),
    JSON.stringify({ packages: { "node_modules/x": { version: "1.0.0" } } }),
  );
  writeFileSync(
    join(root, "npm"),
    `#!/bin/sh\ntrap 'kill $!; echo rolled back > rolled-back; exit 130' INT TERM\n` +
      `sleep 60 >/dev/null 2>&1 & echo npm works >&2; wait\n`,
    { mode: 0o755 },
  );
  const launcher = start(process.execPath, ["bin/sharekeeper.mjs", "sandbox"]);
  let stderr = "";
  launcher.stderr?.on("data", (chunk: Buffer) => void (stderr += chunk.toString()));
  await printed(launcher, /(npm works)/);
  launcher.kill("SIGINT");
  const [code] = (await once(launcher, "close")) as [number];
  expect(readFileSync(join(root, "rolled-back"), "utf8")).toBe("rolled back\n");
  expect({ code, stderr }).toEqual({
    code: 130,
    stderr: expect.stringMatching(/sharekeeper: stopped\. The installation is not finished/),
  });
});

test("an npm that goes on after a signal is killed, and waited for", async () => {
  writeFileSync(
    join(root, "package-lock.json"),
    JSON.stringify({ packages: { "node_modules/x": { version: "1.0.0" } } }),
  );
  writeFileSync(
    join(root, "npm"),
    `#!/usr/bin/env node\nfor (const s of ["SIGINT", "SIGTERM"]) process.on(s, () => undefined);\n` +
      `setInterval(() => undefined, 1000);\nprocess.stderr.write("npm works " + process.pid + ".\\n");\n`,
    { mode: 0o755 },
  );
  const launcher = start(process.execPath, ["bin/sharekeeper.mjs", "sandbox"]);
  const pid = Number(await printed(launcher, /npm works (\d+)\./));
  launcher.kill("SIGTERM");
  const [code] = (await once(launcher, "close")) as [number];
  expect({ code, isAlive: isAlive(pid) }).toEqual({ code: 143, isAlive: false });
});

test("an old Node is refused in one sentence, before anything else", async () => {
  const preload = join(root, "old.cjs");
  writeFileSync(
    preload,
    `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "18.20.8" } });`,
  );
  const launcher = start(process.execPath, ["--require", preload, "bin/sharekeeper.mjs", "sandbox"]);
  const stderr = printed(launcher, /^(.+)\n$/);
  const [code] = (await once(launcher, "close")) as [number];
  expect(code).toBe(1);
  expect(await stderr).toMatch(/^sharekeeper: Node 20 or newer is needed, and this is Node 18\.20\.8\./);
});
