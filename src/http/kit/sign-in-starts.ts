import type { IncomingMessage } from "node:http";
import { networkOf } from "../../lib/network-of.ts";
import type { HttpDeps } from "./http-deps.ts";

/**
 * Sign-ins that one network may begin in a minute. Each leaves a row, and of too many the oldest are
 * forgotten, those of other people too.
 */
export const STARTS_A_MINUTE = 60;

/** Counts a sign-in that somebody unknown begins. Returns how long the caller must wait, in ms; or 0. */
export function takeStart(
  { signInStarts, addressOf, wallClock }: Pick<HttpDeps, "signInStarts" | "addressOf" | "wallClock">,
  incoming: IncomingMessage,
): number {
  const { isExceeded, resetMs } = signInStarts.take(networkOf(addressOf(incoming)), wallClock.now());
  return isExceeded ? resetMs : 0;
}
