import { BUSINESS_TOKEN, placeOfClientToken } from "../credentials/client-token.ts";
import type { SecretPlace } from "../credentials/secret-place.ts";

/**
 * Where the secrets of a signup are sealed. A client's token moves from its attempt to its WABA once it is
 * matched.
 */
export const codePlaceOf = (attempt: { connectionId: string; id: string }): SecretPlace => ({
  connectionId: attempt.connectionId,
  ownerId: attempt.id,
  name: "signup_code",
});

export const attemptTokenPlaceOf = (attempt: { connectionId: string; id: string }): SecretPlace => ({
  connectionId: attempt.connectionId,
  ownerId: attempt.id,
  name: BUSINESS_TOKEN,
});

export const clientTokenPlaceOf = (asset: { connectionId: string; id: string }): SecretPlace =>
  placeOfClientToken(asset.connectionId, asset.id);

export const pinPlaceOf = (number: { connectionId: string; id: string }): SecretPlace => ({
  connectionId: number.connectionId,
  ownerId: number.id,
  name: "registration_pin",
});

/** PINs that were tried and not yet accepted or refused by Meta: beside the held one, never instead of it. */
export const pinCandidatesPlaceOf = (number: { connectionId: string; id: string }): SecretPlace => ({
  ...pinPlaceOf(number),
  name: "registration_pin_candidates",
});
