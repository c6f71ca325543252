import type { SealedColumn } from "../database/sealed-column.ts";

/** What opens an inbox row of this connection again. */
export const inboxContextOf = (connectionId: string): string => `inbox:${connectionId}`;

/** The bodies of Meta's webhooks. */
export const SEALED_BODIES: SealedColumn = {
  table: "inbox",
  key: [
    { name: "received_at", type: "timestamptz" },
    { name: "id", type: "bigint" },
  ],
  dataKeyId: "data_key_id",
  sealed: "sealed",
  place: ["connection_id"],
  contextOf: ([connectionId = ""]) => inboxContextOf(connectionId),
};
