import type { SealedColumn } from "../database/sealed-column.ts";

/** Sealed bytes open only in the row of their own endpoint. */
export const endpointContextOf = (id: string): string => `webhook_endpoint:${id}`;

/** The secrets and headers of webhook endpoints. */
export const SEALED_ENDPOINTS: SealedColumn = {
  table: "webhook_endpoint",
  key: [{ name: "id", type: "text" }],
  dataKeyId: "data_key_id",
  sealed: "sealed",
  place: ["id"],
  contextOf: ([id = ""]) => endpointContextOf(id),
};
