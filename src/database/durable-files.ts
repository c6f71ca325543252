import { closeSync, fdatasyncSync, fsyncSync, openSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";

/**
 * PGlite's start parameters, made durable. As shipped it starts with `-F` (fsync off), and its `fdatasync`,
 * PostgreSQL's default for the write-ahead log, does nothing in Emscripten; its `fsync` asks the file system,
 * which DurableFiles answers.
 */
export const DURABLE_START_PARAMS: readonly string[] = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== "-F"),
  ...["-c", "fsync=on", "-c", "wal_sync_method=fsync"],
];

/** WASI's errno for an input or output error: PostgreSQL panics on it, as it must when a sync fails. */
const EIO = 29;

/** The kind of the file, and the rights of its owner. */
const FOR_OWNER = ~0o077;

interface SyncableStream {
  nfd?: number;
  path?: string;
  node?: unknown;
}

/** The part of Emscripten's module that is patched; its own types do not show it. */
interface NodeFsModule {
  NODEFS: NodeFsOperations;
}
interface NodeFsOperations {
  node_ops: {
    mknod(parent: unknown, name: string, mode: number, device: number): unknown;
    setattr(node: unknown, attributes: { mode?: number | null }): void;
  };
  stream_ops: { fsync?: (stream: SyncableStream) => number };
  realPath(node: unknown): string;
}

/**
 * PGlite's files in a directory, with the fsync that the shipped file system lacks. `synced` is called after
 * each one.
 */
export class DurableFiles extends NodeFS {
  readonly #synced: () => void;

  constructor(directory: string, synced: () => void = () => undefined) {
    super(directory);
    this.#synced = synced;
  }

  override async init(...parameters: Parameters<NodeFS["init"]>): ReturnType<NodeFS["init"]> {
    const { emscriptenOpts } = await super.init(...parameters);
    const patch = (module: unknown): void => {
      const operations = (module as NodeFsModule).NODEFS;
      operations.stream_ops.fsync = (stream) => this.#sync(operations, stream);
      keepPrivate(operations);
    };
    return { emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), patch] } };
  }

  #sync(operations: NodeFsOperations, stream: SyncableStream): number {
    try {
      // Emscripten opens no descriptor for a directory, yet a new file survives a power loss only once its
      // directory is synced.
      if (stream.nfd === undefined) syncDirectory(operations.realPath(stream.node));
      else fdatasyncSync(stream.nfd);
      this.#synced();
      return 0;
    } catch {
      return EIO;
    }
  }
}

/**
 * Emscripten sets the mode of each new file by itself, with a mask of its own (022): others keep no right
 * here, whatever it asks for.
 */
function keepPrivate({ node_ops: own }: NodeFsOperations): void {
  const { mknod, setattr } = own;
  own.mknod = (parent, name, mode, device) => mknod(parent, name, mode & FOR_OWNER, device);
  own.setattr = (node, attributes) =>
    setattr(node, attributes.mode ? { ...attributes, mode: attributes.mode & FOR_OWNER } : attributes);
}

/**
 * Syncs a directory's own entries. Where the platform cannot (Windows), the file system's journal has to do.
 */
export function syncDirectory(path: string): void {
  if (process.platform === "win32") return;
  syncFile(path);
}

/** Syncs every file and folder under `path`: the files of a new cluster are made without any sync. */
export function syncTree(path: string): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) syncTree(join(path, entry.name));
    else if (entry.isFile()) syncFile(join(path, entry.name));
  }
  syncDirectory(path);
}

function syncFile(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
