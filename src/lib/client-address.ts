import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

/** Who calls, by address, however many proxies of ours stand between. */
export type ClientAddress = (request: Pick<IncomingMessage, "headers" | "socket">) => string;

/** @param proxies addresses and networks in CIDR form whose `X-Forwarded-For` is believed */
export function clientAddressBehind(proxies: readonly string[]): ClientAddress {
  const trusted = new BlockList();
  for (const proxy of proxies) {
    const [address = "", prefix] = proxy.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (prefix === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(prefix), family);
  }
  const isTrusted = (address: string): boolean =>
    isIP(address) !== 0 && trusted.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
  return ({ headers, socket }) => {
    const forwarded = [headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
    // Each proxy appends whom it saw: what stands left of the last one we trust is the caller's own claim.
    const path = [...forwarded.map((item) => item.trim()), socket.remoteAddress ?? "unknown"].reverse();
    const caller = path.findIndex((address) => !isTrusted(address));
    const address = path[caller] || path[caller - 1] || path.at(-1);
    return (address ?? "unknown").replace(/^::ffff:/, "").slice(0, 64);
  };
}
