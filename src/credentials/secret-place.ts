import type { SealedColumn } from "../database/sealed-column.ts";

/** Where a secret belongs. `ownerId` is the connection itself, or the asset whose client gave the token. */
export interface SecretPlace {
  connectionId: string;
  ownerId: string;
  /** business_token, registration_pin, … */
  name: string;
}

/** Sealed bytes open only in their own place: a row copied to another client's is worthless. */
export const secretContextOf = (place: SecretPlace): string =>
  `secret:${JSON.stringify([place.connectionId, place.ownerId, place.name])}`;

/** Tokens, PINs and codes. */
export const SEALED_SECRETS: SealedColumn = {
  table: "secret",
  key: [
    { name: "connection_id", type: "text" },
    { name: "owner_id", type: "text" },
    { name: "name", type: "text" },
  ],
  dataKeyId: "data_key_id",
  sealed: "sealed",
  place: ["connection_id", "owner_id", "name"],
  contextOf: ([connectionId = "", ownerId = "", name = ""]) =>
    secretContextOf({ connectionId, ownerId, name }),
};
