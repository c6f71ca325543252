// Plain JavaScript: installs from the lockfile where that is not done yet, and says in one sentence why it
// could not.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { exitCodeOfSignal, runChild } from "./run-child.mjs";

const NPM_CI = ["ci", "--include=dev", "--include=optional", "--no-audit", "--no-fund", "--loglevel=error"];

/**
 * npm ci may go on for a minute after Ctrl-C. What it leaves then is no installation, and the next one begins
 * anew.
 */
const KILL_AFTER_MS = 2000;

/** Why nothing can start; the message is one line for a person. `exitCode` is the one to end with. */
export class LaunchError extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Runs `npm ci` in `root` unless its lockfile is installed already. A published package has no lockfile: npm
 * installed it. `npm` is the program to run. Throws LaunchError; then npm has ended.
 */
export async function install(root, { npm = "npm", say = () => undefined } = {}) {
  if (!existsSync(join(root, "package-lock.json"))) return;
  const before = missingPackages(root);
  if (before.length === 0) return;
  say(whyInstall(root, before));
  const run = await runNpm(npm, root);
  if (run.stoppedBy !== null)
    throw new LaunchError(
      "stopped. The installation is not finished; the next start does it again.",
      exitCodeOfSignal(run.stoppedBy),
    );
  if (run.code !== 0) throw new LaunchError(npmFailureOf(run.text));
  const after = missingPackages(root);
  if (after.length > 0)
    throw new LaunchError(
      `npm did not install ${after.slice(0, 3).join(", ")} for ${process.platform}-${process.arch} with ` +
        `Node ${process.versions.node}. ` +
        "Use a newer Node (20.19 or newer), remove the folder node_modules and run the command again.",
    );
}

function whyInstall(root, missing) {
  const isFirst = !existsSync(join(root, "node_modules"));
  if (isFirst) return "installing from the lockfile (once, about a minute) …";
  const what = `${missing[0].replace(/^.*node_modules\//, "")}${missing.length > 1 ? ` and ${missing.length - 1} more` : ""}`;
  return (
    `node_modules is not complete for ${process.platform}-${process.arch} (${what}): installing from the ` +
    "lockfile again …"
  );
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages || {};
  } catch (error) {
    if (error.code === "ENOENT" || error instanceof SyntaxError) return {};
    throw new LaunchError(`${file} cannot be read (${error.code}). Give this user the right to read it.`);
  }
}

/**
 * The packages of the lockfile that npm's own record of the folder lacks or has in another version. npm
 * writes the record at the end of an installation, so one that was cut short lacks everything. An optional
 * package counts when it is made for this platform.
 */
export function missingPackages(
  root,
  { platform = process.platform, arch = process.arch, libc = libcOf() } = {},
) {
  const installed = packagesIn(join(root, "node_modules", ".package-lock.json"));
  const wanted = Object.entries(packagesIn(join(root, "package-lock.json")));
  const isNeeded = ({ optional, os, cpu, libc: libcs }) =>
    !optional || (os !== undefined && fits(os, platform) && fits(cpu, arch) && fits(libcs, libc));
  return wanted
    .filter(([path, row]) => path !== "" && isNeeded(row) && !isThere(installed[path], row))
    .map(([path]) => path);
}

function isThere(found, wanted) {
  return found !== undefined && found.version === wanted.version;
}

/** npm's own rule: a list of names, of which "!name" excludes; none is all. */
function fits(list, name) {
  if (list === undefined || name === null) return true;
  const names = [].concat(list);
  if (names.includes(`!${name}`)) return false;
  return names.includes(name) || names.every((each) => each.startsWith("!"));
}

/** Which C library this Node was built for; null where that is no question. */
function libcOf() {
  if (process.platform !== "linux") return null;
  return process.report.getReport().header.glibcVersionRuntime ? "glibc" : "musl";
}

async function runNpm(npm, root) {
  let text = "";
  try {
    const stdio = ["ignore", 2, "pipe"];
    const options = { cwd: root, stdio, shell: process.platform === "win32", killAfterMs: KILL_AFTER_MS };
    const run = await runChild(npm, NPM_CI, options, (child) =>
      child.stderr.on("data", (chunk) => {
        text += chunk;
        process.stderr.write(chunk);
      }),
    );
    return { ...run, text };
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    throw new LaunchError(
      "npm is not found. It comes with Node (https://nodejs.org); add it to PATH and run the command again.",
    );
  }
}

const NETWORK = new Set(
  "ENOTFOUND EAI_AGAIN ECONNREFUSED ECONNRESET ETIMEDOUT ESOCKETTIMEDOUT ERR_SOCKET_TIMEOUT ENETUNREACH EHOSTUNREACH ENOTCACHED EIDLETIMEOUT E502 E503 E504".split(
    " ",
  ),
);
const REGISTRY = new Set("E401 E403 E404 E500".split(" "));
const RIGHTS = new Set("EACCES EPERM EROFS".split(" "));
const BUSY = new Set("ENOTEMPTY EBUSY EEXIST ENOENT".split(" "));

/** One sentence from what npm printed: the cause, and what to do about it. */
export function npmFailureOf(text) {
  const valueOf = (name) => {
    const found = new RegExp(`^npm (?:error|ERR!) ${name} (.+)$`, "m").exec(text);
    return found === null ? "" : found[1].trim();
  };
  const code = valueOf("code");
  const path = valueOf("path");
  const at = path === "" ? "" : ` at ${path}`;
  const said = code === "" ? "npm ci failed" : `npm ci failed (${code}${at})`;
  if (NETWORK.has(code) || /CERT|UNABLE_TO_|SSL/.test(code))
    return `${said}. Check the network and the proxy, and run the command again.`;
  if (REGISTRY.has(code))
    return `${said}. The registry refuses: check npm's registry and its sign-in (npm config get registry).`;
  if (RIGHTS.has(code))
    return (
      `${said}. This user may not write there: ` +
      "run as the owner of the folder, or use a clone of your own."
    );
  if (code === "ENOSPC") return `${said}. The disk is full: free some space and run the command again.`;
  if (BUSY.has(code))
    return (
      `${said}. Is another npm at work in this folder? ` +
      "Wait for its end, remove node_modules and run the command again."
    );
  if (code === "EUSAGE")
    return `${said}. package.json and package-lock.json differ: run npm install, and commit the lockfile.`;
  return `${said}. npm says why above; remove node_modules and run the command again.`;
}
