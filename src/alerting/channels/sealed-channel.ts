import type { SealedColumn } from "../../database/sealed-column.ts";

/** Sealed bytes open only in the row of their own channel. */
export const channelContextOf = (id: string): string => `alert_channel:${id}`;

/** The addresses and keys of alert channels. */
export const SEALED_CHANNELS: SealedColumn = {
  table: "alert_channel",
  key: [{ name: "id", type: "text" }],
  dataKeyId: "data_key_id",
  sealed: "sealed",
  place: ["id"],
  contextOf: ([id = ""]) => channelContextOf(id),
};
