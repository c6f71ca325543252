import type { KeyHolder } from "../keys/channel-keys.ts";
import type { GatewayRoute } from "./gateway-route.ts";

/**
 * What is wrong with the key, or null. At Meta's own address the key must belong to the number in the
 * address.
 */
export function keyFaultOf(
  route: GatewayRoute,
  holder: KeyHolder | undefined,
  phoneNumberIdOf: (numberId: string) => string | undefined,
): string | null {
  if (route.key === null) return `The channel key is missing. Send it in the header ${route.keyHint}.`;
  if (!holder) return UNKNOWN_KEY;
  if (route.phoneNumberId === null) return null;
  const own = phoneNumberIdOf(holder.numberId);
  return own !== undefined && own !== route.phoneNumberId ? OTHER_NUMBER : null;
}

const UNKNOWN_KEY = "This channel key is unknown or was revoked. Use a channel key of this number.";
const OTHER_NUMBER =
  "This channel key belongs to another number than the address. Use the key of the number in the address.";
