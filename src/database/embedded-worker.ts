/**
 * The embedded PostgreSQL, on a thread of its own so that a long query never holds up the server. It speaks
 * PostgreSQL's wire protocol and nothing else: bytes in, bytes out, one batch at a time. The other side
 * interprets the bytes (embedded-database.ts).
 */
import { parentPort, workerData } from "node:worker_threads";
import { PGlite } from "@electric-sql/pglite";
import { assert } from "../lib/assert.ts";
import { DURABLE_START_PARAMS, DurableFiles } from "./durable-files.ts";

/** What the thread is started with. */
export interface EmbeddedStart {
  /** The directory of the cluster, or undefined: in memory. */
  directory: string | undefined;
  /** A tar of a cluster to begin with. */
  image: Uint8Array<ArrayBuffer> | undefined;
}

export type ToEmbedded = { send: Uint8Array } | { dump: true } | { close: true };
export type FromEmbedded =
  | { ready: true }
  | { received: Uint8Array; last: boolean }
  | { dumped: Uint8Array }
  | { closed: true }
  | { failed: string };

const port = parentPort;
assert(port, "embedded-worker runs as a worker thread");
const post = (message: FromEmbedded): void => port.postMessage(message);

function openEngine(start: EmbeddedStart): Promise<PGlite> {
  return PGlite.create({
    ...(start.directory
      ? { fs: new DurableFiles(start.directory), startParams: [...DURABLE_START_PARAMS] }
      : {}),
    ...(start.image ? { loadDataDir: new Blob([start.image]) } : {}),
  });
}

async function answer(engine: PGlite, message: ToEmbedded): Promise<void> {
  if ("send" in message) {
    await engine.execProtocolRawStream(message.send, {
      onRawData: (bytes) => post({ received: bytes.slice(), last: false }),
    });
    post({ received: new Uint8Array(0), last: true });
  } else if ("dump" in message) {
    const image = await engine.dumpDataDir("none");
    post({ dumped: new Uint8Array(await image.arrayBuffer()) });
  } else {
    await engine.close();
    post({ closed: true });
    port?.close();
  }
}

const whenOpen = openEngine(workerData as EmbeddedStart);
let last: Promise<void> = whenOpen.then(() => post({ ready: true }));
port.on("message", (message: ToEmbedded) => {
  last = last.then(async () => answer(await whenOpen, message));
  last.catch((error: unknown) => post({ failed: whyOf(error) }));
});
last.catch((error: unknown) => post({ failed: whyOf(error) }));

/** WASI's number for a full disk. Emscripten throws such numbers, which are no errors. */
const NO_SPACE = 51;

function whyOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  const errno = (error as { errno?: number } | null)?.errno;
  if (errno === NO_SPACE) return "no space is left on the disk";
  return errno === undefined ? String(error) : `its file system refuses, WASI error ${errno}`;
}
