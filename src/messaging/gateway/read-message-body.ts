import type { IncomingMessage } from "node:http";
import { isJsonObject } from "../../meta/exact-json.ts";

export const MESSAGE_LIMIT_BYTES = 1024 * 1024;

/**
 * `no_room`: the body had no announced length and is larger than the free memory. `gone`: the sender closed
 * the connection before the body was complete.
 */
export type MessageBody =
  { kind: "whole"; body: Buffer } | { kind: "too_large" } | { kind: "no_room" } | { kind: "gone" };

/** The announced length of the body; 0 when none is announced. */
export function announcedBytesOf(request: IncomingMessage): number {
  return Number(request.headers["content-length"] ?? 0);
}

/**
 * Reads the body of a message and passes it to `done`, once. Uses a callback, because a promise per message
 * is measurable on this path.
 *
 * @param grow asked before bytes beyond the announced length are kept
 */
export function readMessageBody(
  request: IncomingMessage,
  grow: (byteCount: number) => boolean,
  done: (read: MessageBody) => void,
): void {
  const announced = announcedBytesOf(request);
  const chunks: Buffer[] = [];
  let byteCount = 0;
  let isDone = false;
  const finish = (read: MessageBody): void => {
    if (isDone) return;
    isDone = true;
    // Bytes that are not passed on are released at once: the request itself may last long.
    if (read.kind !== "whole") chunks.length = 0;
    done(read);
  };
  request.on("data", (chunk: Buffer) => {
    byteCount += chunk.length;
    if (byteCount > MESSAGE_LIMIT_BYTES) finish({ kind: "too_large" });
    else if (isDone) return;
    else if (byteCount > announced && !grow(chunk.length)) finish({ kind: "no_room" });
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

/** Whether the bytes are one JSON object. They are passed on unchanged, so Meta judges their content. */
export function isMessage(body: Buffer): boolean {
  try {
    return isJsonObject(JSON.parse(body.toString()) as unknown);
  } catch {
    return false;
  }
}
