// Plain JavaScript for Node >= 20: builds the Hub where the last build is missing or older than what it is made of.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const HUB = join(ROOT, "hub");
/** Where the build lands. Its page is written with it, so the page's age is the build's. */
export const HUB_DIST = join(HUB, "dist");
const BUILT_PAGE = join(HUB_DIST, "index.html");

/** The newest change under these paths, in ms since the epoch. Folders count too: a deleted file changes its folder. */
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
export function isHubBuilt() {
  if (!existsSync(join(HUB, "src"))) return true;
  if (!existsSync(BUILT_PAGE)) return false;
  const sources = readdirSync(HUB)
    .filter((name) => name !== "dist")
    .map((name) => join(HUB, name));
  return statSync(BUILT_PAGE).mtimeMs >= newestChangeMs(...sources, join(ROOT, "package-lock.json"));
}

/** Builds with this Node, after one line that says so. Throws with the build's own words when it fails. */
export function buildHubIfNeeded(node = process.execPath) {
  if (isHubBuilt()) return;
  process.stderr.write("sharekeeper: building the Hub (a few seconds, only after a change) …\n");
  const vite = join(ROOT, "node_modules", "vite", "bin", "vite.js");
  const run = spawnSync(node, [vite, "build", "hub", "--logLevel", "warn"], {
    cwd: ROOT,
    encoding: "utf8",
    // A build for production, whoever asks: React's development build is slower and four times as large.
    env: { ...process.env, NODE_ENV: "production" },
  });
  if (run.status !== 0)
    throw new Error(`The Hub could not be built.\n${run.stdout ?? ""}${run.stderr ?? ""}`);
}
