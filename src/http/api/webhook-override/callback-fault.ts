import { isLoopback } from "../../../lib/loopback.ts";

/**
 * What is wrong with an address that Meta shall send to, or null. A user name and a password would be shown to all who read the WABA.
 *
 * @param isSandbox the emulator calls programs on this machine; Meta calls https alone
 */
export function callbackFaultOf(uri: string, isSandbox: boolean): string | null {
  const { protocol, hostname, username, password } = new URL(uri);
  if (username !== "" || password !== "")
    return "an address with a user name or a password is not taken: leave them out, and check Meta's signature instead";
  if (protocol === "https:" || (isSandbox && isLoopback(hostname))) return null;
  return isSandbox
    ? "plain http is not taken: use https, or http on a loopback address"
    : "plain http is not taken: use https";
}
