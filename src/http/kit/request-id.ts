import type { Random } from "../../lib/random.ts";

/** An inbound id is taken over when it is a plain word, so that it can stand in logs and headers as it is. */
const SANE = /^[A-Za-z0-9._:-]{6,128}$/;

/** The id of this request: the caller's own if it sent a sane one, else a new one. */
export function requestIdOf(sent: (string | null | undefined)[], random: Random): string {
  return sent.find((id) => id && SANE.test(id)) ?? `req_${random.bytes(12).toString("hex")}`;
}
