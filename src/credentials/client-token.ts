import type { SecretPlace } from "./secret-place.ts";

/**
 * The name under which a client's own token ("business token") is sealed. Its owner is the asset whose client
 * gave it.
 */
export const BUSINESS_TOKEN = "business_token";

export function placeOfClientToken(connectionId: string, assetId: string): SecretPlace {
  return { connectionId, ownerId: assetId, name: BUSINESS_TOKEN };
}
