/**
 * Holds the world and writes it down after each change: to a temporary file, flushed, then renamed, so that a kill at any moment
 * leaves either the world before or the world after. Changes that come while a write runs are written together by the next.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import type { Identity, World } from "./world.ts";

const FORMAT = 1;

/** A saved world, and the instant at which it stood. */
export interface Snapshot {
  world: World;
  at: number;
}

interface WorldFile {
  format: number;
  world: World;
  snapshots: Record<string, Snapshot>;
}

export class WorldStore {
  world: World;
  snapshots: Record<string, Snapshot>;
  private readonly path: string | null;
  private writing: Promise<void> | null = null;
  private dirty = false;
  private failure: Error | null = null;

  constructor(path: string | null, content: { world: World; snapshots?: Record<string, Snapshot> }) {
    this.path = path;
    this.world = content.world;
    this.snapshots = content.snapshots ?? {};
  }

  /** Say so after each change of the world; the writing happens soon after, one write at a time. */
  changed(): void {
    if (!this.path) return;
    this.dirty = true;
    this.writing ??= this.writeWhileDirty(this.path);
  }

  /** Resolves once everything changed so far is on disk; rejects with what the disk said last. */
  async flush(): Promise<void> {
    this.changed();
    await this.writing;
    if (this.failure) throw this.failure;
  }

  /** A full disk must not end the emulator: the failure waits for `flush`, and the next change tries again. */
  private async writeWhileDirty(path: string): Promise<void> {
    try {
      while (this.dirty) {
        await new Promise((resolve) => setImmediate(resolve));
        this.dirty = false;
        const content: WorldFile = { format: FORMAT, world: this.world, snapshots: this.snapshots };
        await writeAtomically(path, JSON.stringify(content));
      }
      this.failure = null;
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
    } finally {
      this.writing = null;
    }
  }
}

async function writeAtomically(path: string, text: string): Promise<void> {
  const draft = `${path}.tmp`;
  const file = await open(draft, "w");
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  const directory = await open(dirname(path), "r");
  await directory.sync().finally(() => directory.close());
}

/**
 * The world of an earlier run, or undefined when there is none yet. A provider that changed its ids in the settings since
 * then keeps its world: the new ids take the place of the old ones.
 * Throws one line when the file is not ours or of a newer format.
 */
export function readWorldFile(
  path: string,
  identity: Identity,
): { world: World; snapshots: Record<string, Snapshot> } | undefined {
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path)) return undefined;
  const content = parseWorldFile(path);
  const renamed = renameIdentity(content, content.world.identity, identity);
  return { world: renamed.world, snapshots: renamed.snapshots };
}

function parseWorldFile(path: string): WorldFile {
  let content: Partial<WorldFile>;
  try {
    content = JSON.parse(readFileSync(path, "utf8")) as Partial<WorldFile>;
  } catch {
    throw new Error(
      `The emulator's world in ${path} cannot be read. Move the file away and start again: a new world begins.`,
    );
  }
  if (content.format !== FORMAT || !content.world) {
    throw new Error(
      `The emulator's world in ${path} has format ${String(content.format)}; this version reads ${FORMAT}. ` +
        "Start the version that wrote it, or move the file away.",
    );
  }
  return { format: FORMAT, world: content.world, snapshots: content.snapshots ?? {} };
}

function renameIdentity(content: WorldFile, from: Identity, to: Identity): WorldFile {
  let text = JSON.stringify(content);
  for (const key of ["partnerBusinessId", "appId", "systemUserId", "systemUserToken"] as const) {
    if (from[key] !== to[key]) text = text.replaceAll(JSON.stringify(from[key]), JSON.stringify(to[key]));
  }
  return JSON.parse(text) as WorldFile;
}
