import type { IncomingMessage } from "node:http";
import { isLoopback } from "../../lib/loopback.ts";

/**
 * Whether a request comes from this machine under one of its own names, with no proxy between.
 *
 * @param publicUrl PUBLIC_URL. Beyond this machine it means a proxy or a tunnel, which may stand on this machine and add no header: then
 *   nobody is told apart by the socket
 */
export function isDirect({ headers, socket }: IncomingMessage, publicUrl: string | null): boolean {
  if (publicUrl !== null && !isLoopback(new URL(publicUrl).hostname)) return false;
  const address = (socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  const host = (headers.host ?? "").replace(/:\d+$/, "");
  const isForwarded = ["x-forwarded-for", "forwarded", "via"].some((name) => headers[name] !== undefined);
  return isLoopback(address) && isLoopback(host) && !isForwarded;
}
