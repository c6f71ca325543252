// Plain JavaScript for Node >= 20: what must run before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildHubIfNeeded } from "./build-hub.mjs";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Ends the process with one line that says what is wrong and what to do. */
export function fail(message) {
  process.stderr.write(`sharekeeper: ${message}\n`);
  process.exit(1);
}

function readPackages(...path) {
  const file = join(ROOT, ...path);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : {};
}

/** Whether npm's own record of what is installed holds every package of the lockfile in its version; other platforms' parts aside. */
function isInstalled() {
  const installed = readPackages("node_modules", ".package-lock.json");
  return Object.entries(readPackages("package-lock.json")).every(
    ([path, wanted]) => path === "" || wanted.optional || installed[path]?.version === wanted.version,
  );
}

/** Installs from the lockfile unless it is installed already. A published package has no lockfile: npm installed it. */
export function installIfNeeded() {
  if (!existsSync(join(ROOT, "package-lock.json"))) return;
  if (isInstalled()) return;
  process.stderr.write("sharekeeper: installing from the lockfile (once, about a minute) …\n");
  const run = spawnSync(
    "npm",
    ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: ROOT,
      stdio: ["ignore", 2, 2],
      shell: process.platform === "win32",
    },
  );
  if (run.status !== 0) fail("npm ci failed (see above). Check the network and run the command again.");
}

/** The path of a Node >= 24: the one of the registry package, else the running one. */
export function findNode24() {
  const name = process.platform === "win32" ? "node.exe" : "node";
  // In a checkout it is our own; as somebody's dependency npm puts it beside us.
  const packaged = [join(ROOT, "node_modules"), dirname(ROOT)]
    .map((folder) => join(folder, ".bin", name))
    .find(existsSync);
  if (packaged) return packaged;
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  return fail(
    `Node 24 is needed and this platform (${process.platform}-${process.arch}) has no packaged one; ` +
      `this is Node ${process.versions.node}. Install Node 24 and run the command again.`,
  );
}

/** Runs `args` under Node 24 in the foreground, hands signals on, resolves with the exit code. */
export function runNode24(args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(findNode24(), args, {
      stdio: ["inherit", "inherit", "inherit", "ipc"],
      // What was compiled once is not compiled again: a start costs a third less.
      env: { NODE_COMPILE_CACHE: join(ROOT, "node_modules", ".cache", "compiled"), ...process.env },
      ...options,
    });
    // A terminal's Ctrl-C reaches the child by itself; a signal sent to this process alone must be handed on.
    for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
    process.on("SIGINT", () => child.exitCode ?? child.kill("SIGINT"));
    child.on("error", (error) => fail(`could not start ${findNode24()}: ${error.message}`));
    child.on("exit", (code, signal) => resolve(code ?? (signal ? 128 + 15 : 1)));
  });
}

/** The commands that serve the Hub. Help for one needs no build. */
const SERVES_HUB = new Set(["sandbox", "serve"]);

function buildHubFor([command, ...rest]) {
  if (!SERVES_HUB.has(command) || rest.includes("--help") || rest.includes("-h")) return;
  try {
    buildHubIfNeeded(findNode24());
  } catch (error) {
    fail(error.message);
  }
}

/** Installs and builds the Hub if needed, and runs src/main.ts (dist/main.js when published) with these arguments. */
export async function launch(args) {
  installIfNeeded();
  buildHubFor(args);
  const emitted = join(ROOT, "dist", "main.js");
  const main = existsSync(join(ROOT, "src", "main.ts")) ? join(ROOT, "src", "main.ts") : emitted;
  process.exitCode = await runNode24([main, ...args]);
}
