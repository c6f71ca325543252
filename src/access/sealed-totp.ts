import type { SealedColumn } from "../database/sealed-column.ts";

/** The secret opens only in the row of its own person. */
export const totpContextOf = (personId: string): string => `totp:${personId}`;

/** The secrets of authenticator apps. */
export const SEALED_TOTP: SealedColumn = {
  table: "person",
  key: [{ name: "id", type: "text" }],
  dataKeyId: "totp_data_key_id",
  sealed: "totp_sealed",
  place: ["id"],
  contextOf: ([personId = ""]) => totpContextOf(personId),
};
