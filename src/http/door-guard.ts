import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../lib/clock.ts";

/** What all bodies together may hold that came from callers we do not know yet. */
const UNKNOWN_BYTES = 64 * 1024 * 1024;

/** The bytes in memory that nobody has vouched for yet: bodies before their signature, their key or their link is checked. */
export class UnknownBytes {
  #held = 0;

  get held(): number {
    return this.#held;
  }

  /** False, and nothing taken, when there is no room. */
  take(byteCount: number): boolean {
    if (this.#held + byteCount > UNKNOWN_BYTES) return false;
    this.#held += byteCount;
    return true;
  }

  giveBack(byteCount: number): void {
    this.#held -= byteCount;
  }
}

/** Doors whose body is read before anything says who calls. */
const OPEN_DOOR = /^\/(api\/v1\/session|reshare\/|onboard\/)/;
/** What their bodies need: a key, or what Meta's window says. */
const OPEN_DOOR_BYTES = 64 * 1024;
const OPEN_DOOR_MS = 10_000;

/**
 * Bounds what the open doors take of callers who have shown nothing yet: the size of one body, the bytes of all, and the time.
 *
 * @returns false when it has answered
 */
export function boundOpenDoor(
  { bytes, wallClock }: { bytes: UnknownBytes; wallClock: Clock },
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  if (request.method !== "POST" || !OPEN_DOOR.test(request.url ?? "")) return true;
  const declared = request.headers["content-length"];
  const size = Number(declared ?? OPEN_DOOR_BYTES);
  if (size > OPEN_DOOR_BYTES || request.headers["transfer-encoding"] !== undefined)
    return refuse(response, 413, "The body is larger than 64 KB, or its length is not given.");
  if (!bytes.take(size)) {
    response.setHeader("Retry-After", "1");
    return refuse(response, 503, "Too much is under way. Try again in a moment.");
  }
  const late = wallClock.at(wallClock.now() + OPEN_DOOR_MS, () => {
    if (!request.complete) request.destroy();
  });
  response.on("close", () => {
    late.cancel();
    bytes.giveBack(size);
  });
  return true;
}

function refuse(response: ServerResponse, status: number, line: string): false {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", Connection: "close" });
  response.end(line);
  return false;
}
