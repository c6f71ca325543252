import { isLoopback } from "../../../lib/loopback.ts";

/**
 * What is wrong with a callback address, or null. A user name and a password would be shown to everyone who
 * reads the WABA.
 *
 * @param isSandbox the emulator also calls programs on this machine; Meta calls https only
 */
export function callbackFaultOf(uri: string, isSandbox: boolean): string | null {
  const { protocol, hostname, username, password } = new URL(uri);
  if (username !== "" || password !== "")
    return "an address with a user name or a password is not accepted: leave them out, and check Meta's signature instead";
  if (protocol === "https:" || (isSandbox && isLoopback(hostname))) return null;
  return isSandbox
    ? "plain http is not accepted: use https, or http on a loopback address"
    : "plain http is not accepted: use https";
}
