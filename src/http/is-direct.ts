import type { IncomingMessage } from "node:http";
import { isLoopback } from "../lib/loopback.ts";

/** Whether a request comes from this machine under one of its own names, with no proxy between. */
export function isDirect({ headers, socket }: IncomingMessage): boolean {
  const address = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  const host = (headers.host ?? "").replace(/:\d+$/, "");
  const isForwarded = ["x-forwarded-for", "forwarded", "via"].some((name) => headers[name] !== undefined);
  return isLoopback(address) && isLoopback(host) && !isForwarded;
}
