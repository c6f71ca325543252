/**
 * The package as a stranger gets it: packed, checked by publint, installed into an empty folder, started.
 * npm must reach its registry.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const run = promisify(execFile);
/** Vitest's own NODE_ENV would build the Hub with React's development code. */
const { NODE_ENV: _test, MODE: _mode, ...ENV } = process.env;

let folder: string;
let tarball: string;
let installed: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sharekeeper-tarball-"));
  const checkout = join(folder, "checkout");
  await copyCheckout(checkout);
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", folder], {
    cwd: checkout,
    env: ENV,
  });
  // The build of the Hub writes into the same stream before npm's answer.
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf("[\n"))) as { filename: string }[];
  tarball = join(folder, packed?.filename ?? "");
  installed = join(folder, "installed");
  mkdirSync(installed);
  writeFileSync(join(installed, "package.json"), `{ "name": "own", "private": true }`);
  await run("npm", ["install", "--omit=dev", "--prefer-offline", "--no-audit", "--no-fund", tarball], {
    cwd: installed,
    env: ENV,
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A copy, because packing builds into the folder from which other tests serve the Hub. */
async function copyCheckout(to: string): Promise<void> {
  const listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  const { stdout } = await run("git", listing, { cwd: ROOT, maxBuffer: 10_000_000 });
  for (const path of stdout.split("\0").filter(Boolean)) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(join(ROOT, path), join(to, path), { force: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(to, "node_modules"));
}

test("publint finds nothing to warn of", async () => {
  const packed = readFileSync(tarball);
  const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(packed).buffer }, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg ?? {}, { color: false }))).toEqual([]);
});

const sharekeeper = (): string => join(installed, "node_modules", "sharekeeper", "bin", "sharekeeper.mjs");

test("the installed command names every command", async () => {
  const { stdout } = await run(process.execPath, [sharekeeper(), "--help"]);
  expect(stdout).toMatch(/sandbox[\s\S]*serve[\s\S]*emulator/);
});

test("the installed sandbox serves the Hub and its API", async () => {
  const env = { PATH: process.env.PATH, PORT: "0", EMULATOR_PORT: "0", DATA_DIR: join(folder, "data") };
  const sandbox = spawn(process.execPath, [sharekeeper(), "sandbox"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(sandbox, "exit");
  try {
    const url = await addressOf(sandbox.stdout);
    const hub = await fetch(url);
    expect(hub.status).toBe(200);
    expect(await hub.text()).toContain('<div id="root">');
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  } finally {
    sandbox.kill("SIGTERM");
  }
  expect(await ended).toEqual([0, null]);
});

/** The address of Sharekeeper, from what the command prints when it is ready. */
async function addressOf(output: NodeJS.ReadableStream): Promise<string> {
  let text = "";
  for await (const chunk of output as AsyncIterable<Buffer>) {
    text += chunk.toString();
    const url = /Sharekeeper\s+(http:\/\/\S+)/.exec(text)?.[1];
    if (url !== undefined) {
      output.resume();
      return url;
    }
  }
  throw new Error(`The sandbox ended before it was ready: ${text}`);
}
