import type { IncomingMessage } from "node:http";
import { isJsonObject } from "../../meta/exact-json.ts";

export const MESSAGE_LIMIT_BYTES = 1024 * 1024;

/**
 * `no_room`: the body was not announced, and more of it came than there is room for. `gone`: the sender went away before the body was
 * whole; nobody waits for an answer.
 */
export type MessageBody =
  { kind: "whole"; body: Buffer } | { kind: "too_large" } | { kind: "no_room" } | { kind: "gone" };

/** What the sender says that the body's length will be; 0 when it says nothing. */
export function announcedBytesOf(request: IncomingMessage): number {
  return Number(request.headers["content-length"] ?? 0);
}

/**
 * Reads the body of a message and hands it to `done`, once. By callback, because a promise per message is measurable on this path.
 *
 * @param grow asked for room before bytes are kept that were not announced
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
    // What is not handed on is let go at once: the request itself may go on for long.
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

/** Most messages come in one piece. */
function wholeOf(chunks: Buffer[], byteCount: number): Buffer {
  const [only] = chunks;
  return chunks.length === 1 && only ? only : Buffer.concat(chunks, byteCount);
}

/** Whether the bytes are one JSON object; they are handed on as they are, so their content is Meta's to judge. */
export function isMessage(body: Buffer): boolean {
  try {
    return isJsonObject(JSON.parse(body.toString()) as unknown);
  } catch {
    return false;
  }
}
