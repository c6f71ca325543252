import type { Random } from "../../lib/random.ts";

/** An inbound id is kept when it is a plain word, which is safe in logs and headers. */
const SANE = /^[A-Za-z0-9._:-]{6,128}$/;

/** The id of this request: the caller's own if it is valid, else a new one. */
export function requestIdOf(sent: (string | null | undefined)[], random: Random): string {
  return sent.find((id) => id && SANE.test(id)) ?? `req_${random.bytes(12).toString("hex")}`;
}
