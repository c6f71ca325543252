import { domainToASCII } from "node:url";

/** The limits of RFC 5321, in bytes. */
const LONGEST_ADDRESS = 254;
const LONGEST_LOCAL_PART = 64;

/** An e-mail address as it is sent to: one, without a name, in any script. No quoted local part. */
export function isMailAddress(text: string): boolean {
  const [, local = "", domain = ""] =
    /^([^\s@<>()[\],;:"\\\p{C}]+)@([^\s@<>()[\],;:"\\\p{C}]+)$/u.exec(text) ?? [];
  return (
    local !== "" &&
    Buffer.byteLength(local) <= LONGEST_LOCAL_PART &&
    Buffer.byteLength(text) <= LONGEST_ADDRESS &&
    !/^\.|\.$|\.\./.test(local) &&
    isDomain(domain)
  );
}

/** Names alone: mail to a bare address is refused nearly everywhere. A single label is for own networks. */
function isDomain(domain: string): boolean {
  const labels = domainToASCII(domain).split(".");
  return (
    labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(label)) &&
    !/^\d+$/.test(labels.at(-1) ?? "")
  );
}

/** The domain of an address, in ASCII. */
export function mailDomainOf(address: string): string {
  return domainToASCII(address.slice(address.lastIndexOf("@") + 1));
}
