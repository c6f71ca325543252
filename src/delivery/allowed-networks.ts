import ipaddr from "ipaddr.js";

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Whether a delivery may go to an address. */
export interface AllowedNetworks {
  /** Whether `address` is public, or of an allowed network. */
  admits(address: string): boolean;
  /** Whether it is of an allowed network: there plain http is allowed, too. */
  holds(address: string): boolean;
  /**
   * Why nothing may be delivered to this address, as far as it shows without a look-up; null: something may.
   */
  faultOf(url: URL): string | null;
}

/**
 * Deliveries go to public addresses alone: an endpoint that names an address inside our own network, or a
 * name that resolves to one, would let whoever may create endpoints ask our neighbours.
 *
 * @param allowed WEBHOOK_ALLOWED_NETWORKS: addresses and networks in CIDR form
 */
export function openAllowedNetworks(allowed: readonly string[]): AllowedNetworks {
  const ranges = allowed.map((text): Range =>
    text.includes("/") ? ipaddr.parseCIDR(text) : wholeOf(ipaddr.parse(text)),
  );
  const holds = (address: string): boolean => {
    if (!ipaddr.isValid(address)) return false;
    // An IPv4 address in the form of IPv6 is the IPv4 address.
    const parsed = ipaddr.process(address);
    return ranges.some(
      ([network, bits]) => parsed.kind() === network.kind() && parsed.match([network, bits]),
    );
  };
  const isPublic = (address: string): boolean =>
    ipaddr.isValid(address) && ipaddr.process(address).range() === "unicast";
  const admits = (address: string): boolean => isPublic(address) || holds(address);
  const faultOf = ({ hostname, protocol }: URL): string | null => {
    const host = hostname.replace(/^\[|\]$/g, "");
    if (!isAddress(host))
      return protocol === "http:" && ranges.length === 0 ? `${host} is asked by plain http` : null;
    const isAllowed = protocol === "http:" ? holds(host) : admits(host);
    return isAllowed ? null : `${host} is no public address`;
  };
  return { holds, admits, faultOf };
}

/** The URL has written numbers such as 2130706433 as four already. */
const isAddress = (host: string): boolean =>
  ipaddr.IPv4.isValidFourPartDecimal(host) || ipaddr.IPv6.isValid(host);

const wholeOf = (address: ipaddr.IPv4 | ipaddr.IPv6): Range => [
  address,
  address.kind() === "ipv4" ? 32 : 128,
];
