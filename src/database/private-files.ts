import { chmodSync, existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { platform } from "node:os";
import { join } from "node:path";
import { StartError } from "../lib/start-error.ts";

const FOR_OTHERS = 0o077;

/** Creates the directory for its owner alone; an existing one is not changed. */
export function makePrivateDirectory(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/**
 * The sentence for a directory that other users of this machine may enter, null for one that they may not or
 * that is not there. Windows has no such bits.
 */
export function findOpenDirectory(path: string): string | null {
  if (platform() === "win32" || !existsSync(path) || (statSync(path).mode & FOR_OTHERS) === 0) return null;
  return (
    `Other users of this machine may enter ${path}, which holds secrets. Run: chmod -R go= '${path}'. ` +
    "Or set DATA_DIR to a new directory inside it."
  );
}

/** @throws StartError when others may enter the directory */
export function checkPrivateDirectory(path: string): void {
  const fault = findOpenDirectory(path);
  if (fault !== null) throw new StartError(fault);
}

/**
 * Takes the rights of others from everything below `path`, and from itself: PGlite makes a cluster's first
 * files for everybody.
 */
export function makeTreePrivate(path: string): void {
  chmodSync(path, 0o700);
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) makeTreePrivate(join(path, entry.name));
    else if (entry.isFile()) chmodSync(join(path, entry.name), 0o600);
  }
}
