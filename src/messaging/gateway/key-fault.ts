import { english } from "../../messages/english.ts";
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
  if (route.key === null) return english("gateway.key.missing", { header: route.keyHint });
  if (!holder) return english("gateway.key.unknown");
  if (route.phoneNumberId === null) return null;
  const own = phoneNumberIdOf(holder.numberId);
  return own !== undefined && own !== route.phoneNumberId ? english("gateway.key.of_another_number") : null;
}
