import { SEALED_TOTP } from "./access/sealed-totp.ts";
import { SEALED_CHANNELS } from "./alerting/channels/sealed-channel.ts";
import { SEALED_SECRETS } from "./credentials/secret-place.ts";
import type { SealedColumns } from "./database/sealed-column.ts";
import { SEALED_ENDPOINTS } from "./delivery/sealed-endpoint.ts";
import { SEALED_BODIES } from "./inbox/sealed-bodies.ts";

/** Every column of sealed bytes. */
export const SEALED_COLUMNS: SealedColumns = {
  lasting: [SEALED_SECRETS, SEALED_TOTP, SEALED_BODIES, SEALED_ENDPOINTS, SEALED_CHANNELS],
  shortLived: [{ table: "idempotency_key", dataKeyId: "data_key_id", sealed: "sealed" }],
};
