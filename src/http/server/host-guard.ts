import type { MiddlewareHandler } from "hono";
import type { Clock } from "../../lib/clock.ts";
import type { HttpEnv } from "../kit/http-env.ts";
import type { UnknownBytes } from "../kit/unknown-bytes.ts";

/** What a body needs where no key is required: a link, or a message of Meta's window. */
const OPEN_DOOR_BYTES = 64 * 1024;
const OPEN_DOOR_MS = 10_000;

/**
 * Limits what unauthenticated callers may send: the size of one body, the bytes of all bodies, and the time.
 * The router decides which requests come here: a separate match could miss another spelling of a path, which
 * would then be served without limits.
 */
export function boundOpenRoutes(bytes: UnknownBytes, wallClock: Clock): MiddlewareHandler<HttpEnv> {
  return async ({ env: { incoming, outgoing } }, next) => {
    const declared = incoming.headers["content-length"];
    const size = Number(declared ?? OPEN_DOOR_BYTES);
    if (size > OPEN_DOOR_BYTES || incoming.headers["transfer-encoding"] !== undefined)
      return refusal(413, "The body is larger than 64 KB, or its length is not given.");
    const held = bytes.open(incoming);
    if (!held.take(size))
      return refusal(503, "Too many requests are in progress. Try again in a moment.", {
        "Retry-After": "1",
      });
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
