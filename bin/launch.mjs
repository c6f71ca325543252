// Plain JavaScript for Node >= 20: what must run before anything is installed. It parses on older Nodes,
// which check-node.mjs refuses.
import "./check-node.mjs";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildHubIfNeeded } from "./build-hub.mjs";
import { install, LaunchError } from "./install.mjs";
import { runChild } from "./run-child.mjs";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

function say(message) {
  process.stderr.write(`sharekeeper: ${message}\n`);
}

/** Ends the process with one line that says what is wrong and what to do. */
function fail(error) {
  if (!(error instanceof LaunchError)) throw error;
  say(error.message);
  process.exit(error.exitCode);
}

/** Installs from the lockfile unless it is installed already. */
export function installIfNeeded() {
  return install(ROOT, { say }).catch(fail);
}

/** The path of a Node >= 24: the one of the registry package, else the running one. */
function findNode24() {
  const name = process.platform === "win32" ? "node.exe" : "node";
  // In a checkout it is our own; as somebody's dependency npm puts it beside us.
  const packaged = [join(ROOT, "node_modules"), dirname(ROOT)]
    .map((folder) => join(folder, ".bin", name))
    .find(existsSync);
  if (packaged) return packaged;
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  throw new LaunchError(
    `Node 24 is needed and this platform (${process.platform}-${process.arch}) has no packaged one; ` +
      `this is Node ${process.versions.node}. Install Node 24 and run the command again.`,
  );
}

/**
 * Runs `args` under Node 24 in the foreground, hands signals on, resolves with the exit code. `onStart` gets
 * the child.
 */
export async function runNode24(args, options = {}, onStart) {
  try {
    const node = findNode24();
    const settings = {
      stdio: ["inherit", "inherit", "inherit", "ipc"],
      // What was compiled once is not compiled again: a start costs a third less.
      env: { NODE_COMPILE_CACHE: join(ROOT, "node_modules", ".cache", "compiled"), ...process.env },
      ...options,
    };
    const run = await runChild(node, args, settings, onStart);
    return run.code;
  } catch (error) {
    return fail(
      error.code === undefined
        ? error
        : new LaunchError(
            `Node 24 could not be started (${error.message}). Remove node_modules and run the command again.`,
          ),
    );
  }
}

/** The commands that serve the Hub. Help for one needs no build. */
const SERVES_HUB = new Set(["sandbox", "serve"]);

async function buildHubFor([command, ...rest]) {
  if (!SERVES_HUB.has(command) || rest.includes("--help") || rest.includes("-h")) return;
  await buildHubIfNeeded(findNode24());
}

/**
 * Installs and builds the Hub if needed, and runs src/main.ts (dist/main.js when published) with these
 * arguments.
 */
export async function launch(args) {
  await installIfNeeded();
  await buildHubFor(args).catch(fail);
  const emitted = join(ROOT, "dist", "main.js");
  const main = existsSync(join(ROOT, "src", "main.ts")) ? join(ROOT, "src", "main.ts") : emitted;
  process.exitCode = await runNode24([main, ...args]);
}
