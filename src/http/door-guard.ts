import type { MiddlewareHandler } from "hono";
import type { Clock } from "../lib/clock.ts";
import type { HttpEnv } from "./http-env.ts";

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

/** What the body of an open door needs: a key, or what Meta's window says. */
const OPEN_DOOR_BYTES = 64 * 1024;
const OPEN_DOOR_MS = 10_000;

/**
 * Bounds what the open doors take of callers who have shown nothing yet: the size of one body, the bytes of all, and the time. The
 * router decides which requests come here: matched apart from it, a path in another spelling would get past the bound and be served.
 */
export function boundOpenDoors(wallClock: Clock): MiddlewareHandler<HttpEnv> {
  const bytes = new UnknownBytes();
  return async ({ env: { incoming, outgoing } }, next) => {
    const declared = incoming.headers["content-length"];
    const size = Number(declared ?? OPEN_DOOR_BYTES);
    if (size > OPEN_DOOR_BYTES || incoming.headers["transfer-encoding"] !== undefined)
      return refusal(413, "The body is larger than 64 KB, or its length is not given.");
    if (!bytes.take(size))
      return refusal(503, "Too much is under way. Try again in a moment.", { "Retry-After": "1" });
    const late = wallClock.at(wallClock.now() + OPEN_DOOR_MS, () => {
      if (!incoming.complete) incoming.destroy();
    });
    const release = (): void => {
      late.cancel();
      bytes.giveBack(size);
    };
    if (outgoing.destroyed) release();
    else outgoing.on("close", release);
    return next();
  };
}

function refusal(status: number, line: string, headers: Record<string, string> = {}): Response {
  const all = { "Content-Type": "text/plain; charset=utf-8", Connection: "close", ...headers };
  return new Response(line, { status, headers: all });
}
