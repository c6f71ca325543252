import type { MiddlewareHandler } from "hono";
import type { Clock } from "../../lib/clock.ts";
import type { HttpEnv } from "../kit/http-env.ts";
import type { UnknownBytes } from "../kit/unknown-bytes.ts";

/** What the body of an open door needs: a key, or what Meta's window says. */
const OPEN_DOOR_BYTES = 64 * 1024;
const OPEN_DOOR_MS = 10_000;

/**
 * Bounds what the open doors take of callers who have shown nothing yet: the size of one body, the bytes of all, and the time. The
 * router decides which requests come here: matched apart from it, a path in another spelling would get past the bound and be served.
 */
export function boundOpenDoors(bytes: UnknownBytes, wallClock: Clock): MiddlewareHandler<HttpEnv> {
  return async ({ env: { incoming, outgoing } }, next) => {
    const declared = incoming.headers["content-length"];
    const size = Number(declared ?? OPEN_DOOR_BYTES);
    if (size > OPEN_DOOR_BYTES || incoming.headers["transfer-encoding"] !== undefined)
      return refusal(413, "The body is larger than 64 KB, or its length is not given.");
    const held = bytes.open(incoming);
    if (!held.take(size))
      return refusal(503, "Too much is under way. Try again in a moment.", { "Retry-After": "1" });
    const late = wallClock.at(wallClock.now() + OPEN_DOOR_MS, () => {
      if (!incoming.complete) incoming.destroy();
    });
    const release = (): void => {
      late.cancel();
      held.giveBack();
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
