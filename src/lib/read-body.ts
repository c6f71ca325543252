import type { Readable } from "node:stream";

/**
 * The whole body, or null when it is larger than `limitBytes`; then the rest is not read. Rejects when the
 * sender closes the connection before the end.
 */
export async function readBody(body: AsyncIterable<Uint8Array>, limitBytes: number): Promise<Buffer | null> {
  const chunks: Uint8Array[] = [];
  let byteCount = 0;
  for await (const chunk of body) {
    byteCount += chunk.length;
    if (byteCount > limitBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, byteCount);
}

/** `no_room`: `mayKeep` refused. `gone`: the sender closed the connection before the body was complete. */
export type CollectedBody =
  { kind: "whole"; body: Buffer } | { kind: "too_large" } | { kind: "no_room" } | { kind: "gone" };

/**
 * Reads a body and passes it to `done`, once. Uses a callback, because a promise per message is measurable on
 * the path of messages. Bytes after `done` are read and discarded, so that an early answer arrives.
 *
 * @param mayKeep asked before a chunk is kept, with its size and that of the body so far
 */
export function collectBody(
  request: Pick<Readable, "on">,
  limits: { limitBytes: number; mayKeep(chunkBytes: number, bodyBytes: number): boolean },
  done: (collected: CollectedBody) => void,
): void {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  let isDone = false;
  const finish = (collected: CollectedBody): void => {
    if (isDone) return;
    isDone = true;
    // Bytes that are not passed on are released at once: the request itself may last long.
    chunks.length = 0;
    done(collected);
  };
  request.on("data", (chunk: Buffer) => {
    if (isDone) return;
    byteCount += chunk.length;
    if (byteCount > limits.limitBytes) finish({ kind: "too_large" });
    else if (!limits.mayKeep(chunk.length, byteCount)) finish({ kind: "no_room" });
    else chunks.push(chunk);
  });
  request.on("end", () => {
    if (!isDone) finish({ kind: "whole", body: wholeOf(chunks, byteCount) });
  });
  request.on("error", () => finish({ kind: "gone" }));
  request.on("close", () => finish({ kind: "gone" }));
}

/** Most messages arrive in one piece. */
function wholeOf(chunks: Buffer[], byteCount: number): Buffer {
  const [only] = chunks;
  return chunks.length === 1 && only ? only : Buffer.concat(chunks, byteCount);
}
