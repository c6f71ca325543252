// Plain JavaScript for Node >= 20: builds the Hub where the last build is missing or older than what it is
// made of.
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { LaunchError } from "./install.mjs";
import { runChild } from "./run-child.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const HUB = join(ROOT, "hub");
/** Where the build lands. Its page is written with it, so the page's age is the build's. */
export const HUB_DIST = join(HUB, "dist");
const BUILT_PAGE = join(HUB_DIST, "index.html");

/**
 * The newest change under these paths, in ms since the epoch. Folders count too: a deleted file changes its
 * folder.
 */
function newestChangeMs(...paths) {
  return Math.max(
    0,
    ...paths
      .filter((path) => existsSync(path))
      .map((path) => {
        const stat = statSync(path);
        if (!stat.isDirectory()) return stat.mtimeMs;
        return Math.max(stat.mtimeMs, newestChangeMs(...readdirSync(path).map((name) => join(path, name))));
      }),
  );
}

/** A published package carries the build and no sources: then there is nothing to compare. */
function isHubBuilt() {
  if (!existsSync(join(HUB, "src"))) return true;
  if (!existsSync(BUILT_PAGE)) return false;
  const sources = readdirSync(HUB)
    .filter((name) => name !== "dist")
    .map((name) => join(HUB, name));
  const shared = [join(ROOT, "src", "messages"), join(ROOT, "package-lock.json")];
  return statSync(BUILT_PAGE).mtimeMs >= newestChangeMs(...sources, ...shared);
}

/** Builds with this Node, after one line that says so. Throws LaunchError; then the build has ended. */
export async function buildHubIfNeeded(node = process.execPath) {
  if (isHubBuilt()) return;
  process.stderr.write("sharekeeper: building the Hub (a few seconds, only after a change) …\n");
  const vite = join(ROOT, "node_modules", "vite", "bin", "vite.js");
  let text = "";
  const options = {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    // A build for production, whoever asks: React's development build is slower and four times as large.
    env: { ...process.env, NODE_ENV: "production" },
  };
  const { code, stoppedBy } = await runChild(
    node,
    [vite, "build", "hub", "--logLevel", "warn"],
    options,
    (child) => {
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (text += chunk));
    },
  );
  if (stoppedBy !== null) throw new LaunchError("stopped. The next start builds the Hub.", code);
  if (code !== 0) throw new LaunchError(buildFailureOf(text));
}

/** Where the folder may not be written, the build's stack says nothing that its first line does not. */
function buildFailureOf(text) {
  const denied = /(EACCES|EPERM|EROFS|ENOSPC)[^\n]*?'([^']+)'/.exec(text);
  if (denied === null) return `the Hub could not be built.\n${text.trim()}`;
  const what = denied[1] === "ENOSPC" ? "the disk is full" : "this user may not write there";
  return (
    `the Hub's sources are newer than its build, and it could not be built: ${what} (${denied[1]}, ` +
    `${denied[2]}). Run npm run hub:build as a user who may.`
  );
}
