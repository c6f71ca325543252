// Plain JavaScript for Node >= 20: what must run before anything is installed.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

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
  const packaged = join(ROOT, "node_modules", ".bin", process.platform === "win32" ? "node.exe" : "node");
  if (existsSync(packaged)) return packaged;
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  return fail(
    `Node 24 is needed and this platform (${process.platform}-${process.arch}) has no packaged one; ` +
      `this is Node ${process.versions.node}. Install Node 24 and run the command again.`,
  );
}

/** Runs `args` under Node 24 in the foreground, hands signals on, resolves with the exit code. */
export function runNode24(args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(findNode24(), args, { stdio: ["inherit", "inherit", "inherit", "ipc"], ...options });
    // A terminal's Ctrl-C reaches the child by itself; a signal sent to this process alone must be handed on.
    for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
    process.on("SIGINT", () => child.exitCode ?? child.kill("SIGINT"));
    child.on("error", (error) => fail(`could not start ${findNode24()}: ${error.message}`));
    child.on("exit", (code, signal) => resolve(code ?? (signal ? 128 + 15 : 1)));
  });
}

/** When `path`, or the newest of what lies in it, was written, ms since the epoch; 0 when there is none. */
function newestOf(path) {
  if (!existsSync(path)) return 0;
  const about = statSync(path);
  const inside = about.isDirectory() ? readdirSync(path) : [];
  return inside.map((name) => newestOf(join(path, name))).reduce((a, b) => Math.max(a, b), about.mtimeMs);
}

const HUB_SOURCES = ["src", "public", "index.html", "vite.config.ts"];

/** Builds the Hub unless it is newer than all it is made of. A published package carries it built, without its sources. */
async function buildHubIfNeeded() {
  const sources = HUB_SOURCES.map((name) => newestOf(join(ROOT, "hub", name)));
  const builtAt = newestOf(join(ROOT, "hub", "dist", "index.html"));
  if (Math.max(...sources) <= builtAt) return;
  process.stderr.write("sharekeeper: building the Hub (once, some seconds) …\n");
  const vite = join(ROOT, "node_modules", "vite", "bin", "vite.js");
  const code = await runNode24([vite, "build", "hub", "--logLevel", "warn"], {
    cwd: ROOT,
    stdio: ["ignore", 2, 2, "ipc"],
  });
  if (code !== 0 && builtAt === 0)
    fail("the Hub could not be built (see above). Mend that, then run the command again.");
}

/** The commands that serve the Hub. */
const WITH_HUB = ["sandbox", "serve"];

/** Installs and builds the Hub if needed, and runs src/main.ts (dist/main.js when published) with these arguments. */
export async function launch(args) {
  installIfNeeded();
  if (WITH_HUB.includes(args[0]) && !args.includes("--help")) await buildHubIfNeeded();
  const emitted = join(ROOT, "dist", "src", "main.js");
  const main = existsSync(join(ROOT, "src", "main.ts")) ? join(ROOT, "src", "main.ts") : emitted;
  process.exitCode = await runNode24([main, ...args]);
}
