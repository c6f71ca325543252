import type { IncomingMessage } from "node:http";
import { isLoopback } from "../../lib/loopback.ts";

/**
 * Whether a request comes from this machine under one of its own names, with no proxy between.
 *
 * @param publicUrl PUBLIC_URL. An address beyond this machine means a proxy or a tunnel, which may run on
 * this machine and add no
 *   header: then the socket cannot distinguish callers
 */
export function isDirect({ headers, socket }: IncomingMessage, publicUrl: string | null): boolean {
  if (publicUrl !== null && !isLoopback(new URL(publicUrl).hostname)) return false;
  const address = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  const host = (headers.host ?? "").replace(/:\d+$/, "");
  const isForwarded = ["x-forwarded-for", "forwarded", "via"].some((name) => headers[name] !== undefined);
  return isLoopback(address) && isLoopback(host) && !isForwarded;
}
