import { isIP } from "node:net";

/** Whether a text is an address, or a network in CIDR form such as 10.0.0.0/8. */
export function isNetwork(text: string): boolean {
  const [address = "", prefix, ...rest] = text.split("/");
  const bits = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return bits > 0 && rest.length === 0 && (prefix === undefined || isPrefix(prefix, bits));
}

const isPrefix = (prefix: string, bits: number): boolean =>
  /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits;
