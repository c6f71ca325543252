/**
 * Holds the world and writes it down after each change: to a temporary file, flushed, then renamed, so that a
 * kill at any moment leaves either the world before or the world after. Changes that come while a write runs
 * are written together by the next, and a large world is written less often, so that writing never takes the
 * most of the machine.
 *
 * What changes with every message (counters, webhooks under way, clock) has a small file of its own beside
 * the world's, named after the version of the world it belongs to; a reader that finds another version there
 * ignores it.
 */
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { open, rename } from "node:fs/promises";
import { dirname } from "node:path";
import { StartError } from "../../lib/start-error.ts";
import { startStopwatch } from "../../lib/stopwatch.ts";
import { fileAnew } from "./world-index.ts";
import { completeWorld } from "./world-upgrade.ts";
import type { Identity, Waba, World } from "./world.ts";

const FORMAT = 1;

/** A saved world, and the instant at which it stood. */
export interface Snapshot {
  world: World;
  at: number;
}

interface WorldFile {
  format: number;
  /** Counts the writes of this file. */
  version?: number;
  world: World;
  snapshots: Record<string, Snapshot>;
}

/** What changes all the time. */
type Moving = Pick<World, "clock" | "counters" | "outbox">;

interface MovingFile {
  format: number;
  version: number;
  moving: Moving;
}

export interface WorldContent {
  world: World;
  snapshots?: Record<string, Snapshot>;
  version?: number;
}

/** Time between two writes, as a multiple of what the last one took. */
const REST_FACTOR = 4;
const LONGEST_REST_MS = 30_000;
/** Below it a write is quick enough to need no rest. */
const QUICK_WRITE_MS = 50;

export class WorldStore {
  world: World;
  snapshots: Record<string, Snapshot>;
  private readonly path: string | null;
  private readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
  private version: number;
  private writing: Promise<void> | null = null;
  private dirty: "no" | "moving" | "all" = "no";
  private failure: Error | null = null;
  private hurry = new AbortController();

  /** @param pause waits in wall-clock time and ends early on abort */
  constructor(
    path: string | null,
    content: WorldContent,
    pause: (ms: number, signal: AbortSignal) => Promise<void>,
  ) {
    this.path = path;
    this.world = content.world;
    this.snapshots = content.snapshots ?? {};
    this.version = content.version ?? 0;
    this.pause = pause;
  }

  /**
   * Say so after each change of the world; the writing happens soon after, one write at a time.
   *
   * @param waba the one that was made, shared, assigned or deleted, or whose numbers came or went: lists find
   *   it by that
   */
  changed(waba?: Waba): void {
    if (waba) fileAnew(this.world, waba);
    this.write("all");
  }

  /** Say so where only counters, the clock or webhooks under way changed. */
  touched(): void {
    this.write("moving");
  }

  /** Resolves once everything changed so far is on disk; rejects with what the disk said last. */
  async flush(): Promise<void> {
    this.changed();
    this.hurry.abort();
    await this.writing;
    this.hurry = new AbortController();
    if (this.failure) throw this.failure;
  }

  private write(what: "moving" | "all"): void {
    if (!this.path) return;
    if (this.dirty !== "all") this.dirty = what;
    this.writing ??= this.writeWhileDirty(this.path);
  }

  /**
   * A full disk must not end the emulator: the failure waits for `flush`, and the next change tries again.
   */
  private async writeWhileDirty(path: string): Promise<void> {
    try {
      while (this.dirty !== "no") {
        await new Promise((resolve) => setImmediate(resolve));
        const elapsedMs = startStopwatch();
        await this.writeOnce(path);
        await this.rest(elapsedMs());
      }
      this.failure = null;
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
    } finally {
      this.writing = null;
    }
  }

  private async writeOnce(path: string): Promise<void> {
    const what = this.dirty;
    this.dirty = "no";
    const { world, snapshots } = this;
    if (what === "all") {
      this.version += 1;
      const content: WorldFile = { format: FORMAT, version: this.version, world, snapshots };
      return writeAtomically(path, JSON.stringify(content));
    }
    const { clock, counters, outbox } = world;
    const moving: MovingFile = { format: FORMAT, version: this.version, moving: { clock, counters, outbox } };
    return writeAtomically(movingPathOf(path), JSON.stringify(moving));
  }

  private async rest(writeMs: number): Promise<void> {
    if (writeMs < QUICK_WRITE_MS || this.hurry.signal.aborted) return;
    await this.pause(Math.min(writeMs * REST_FACTOR, LONGEST_REST_MS), this.hurry.signal);
  }
}

function movingPathOf(path: string): string {
  return `${path}.moving`;
}

async function writeAtomically(path: string, text: string): Promise<void> {
  const draft = `${path}.tmp`;
  const file = await open(draft, "w", 0o600);
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
 * The world of an earlier run, or undefined when there is none yet. A provider that changed its ids in the
 * settings since then keeps its world: the new ids take the place of the old ones. Throws one line when the
 * file is not ours or of a newer format.
 */
export function readWorldFile(path: string, identity: Identity): WorldContent | undefined {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (!existsSync(path)) return undefined;
  const content = parseWorldFile(path);
  Object.assign(content.world, readMoving(path, content.version ?? 0));
  completeWorld(content.world);
  for (const snapshot of Object.values(content.snapshots)) completeWorld(snapshot.world);
  return renameIdentity(content, content.world.identity, identity);
}

function parseWorldFile(path: string): WorldFile {
  let content: Partial<WorldFile>;
  try {
    content = JSON.parse(readFileSync(path, "utf8")) as Partial<WorldFile>;
  } catch (error) {
    const why =
      error instanceof SyntaxError ? "" : ` (${error instanceof Error ? error.message : String(error)})`;
    throw new StartError(
      `The emulator's world in ${path} cannot be read${why}. ` +
        "Move the file away and start again: a new world begins.",
      { cause: error },
    );
  }
  if (content.format !== FORMAT || !content.world) {
    throw new StartError(
      `The emulator's world in ${path} has format ${String(content.format)}; this version reads ${FORMAT}. ` +
        "Start the version that wrote it, or move the file away.",
    );
  }
  const { version = 0, world, snapshots = {} } = content;
  return { format: FORMAT, version, world, snapshots };
}

/** What moved since the world was written; nothing when the file is of another world or cannot be read. */
function readMoving(path: string, version: number): Partial<Moving> {
  try {
    const content = JSON.parse(readFileSync(movingPathOf(path), "utf8")) as Partial<MovingFile>;
    return content.format === FORMAT && content.version === version ? (content.moving ?? {}) : {};
  } catch {
    return {};
  }
}

function renameIdentity(content: WorldFile, from: Identity, to: Identity): WorldFile {
  const keys = ["partnerBusinessId", "appId", "systemUserId", "systemUserToken"] as const;
  const changed = keys.filter((key) => from[key] !== to[key]);
  if (changed.length === 0) return content;
  let text = JSON.stringify(content);
  for (const key of changed) text = text.replaceAll(JSON.stringify(from[key]), JSON.stringify(to[key]));
  return JSON.parse(text) as WorldFile;
}
