import { isIP } from "node:net";
import { isLoopback } from "./loopback.ts";

/** The names that a server answers under; a name without a port stands for every port. */
export interface HostNames {
  names: readonly string[];
  /**
   * It listens on every address of the machine: any address is its own, which no name of somebody else's can
   * stand for.
   */
  anyAddress: boolean;
}

/** @param listensOn HOST @param more names from settings, each with a port or without */
export function hostNamesOf(listensOn: string, more: readonly string[]): HostNames {
  const anyAddress = ["0.0.0.0", "::", "[::]"].includes(listensOn);
  return { names: [listensOn, ...more].map((name) => name.toLowerCase()), anyAddress };
}

/**
 * Whether a request's `Host` names this server. A browser sends the name of the page's own address, so a page
 * whose name was made to point at this machine (DNS rebinding) is recognised by it. A program of HTTP/1.0
 * sends none, and is no browser.
 */
export function isOwnHost({ names, anyAddress }: HostNames, header: string | undefined): boolean {
  if (header === undefined) return true;
  const host = header.toLowerCase();
  const name = host.replace(/:\d{1,5}$/, "");
  const bare = name.replace(/^\[|\]$/g, "");
  if (isLoopback(name) || (anyAddress && isIP(bare) !== 0)) return true;
  return names.some((known) => known === host || known === name || known === bare);
}
