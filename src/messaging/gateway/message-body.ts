import type { IncomingHttpHeaders } from "node:http";
import { isJsonObject } from "../../meta/exact-json.ts";

export const MESSAGE_LIMIT_BYTES = 1024 * 1024;

/** The announced length of the body; 0 when none is announced. */
export function announcedBytesOf(headers: Pick<IncomingHttpHeaders, "content-length">): number {
  return Number(headers["content-length"] ?? 0);
}

/** Whether the bytes are one JSON object. They are passed on unchanged, so Meta judges their content. */
export function isMessage(body: Buffer): boolean {
  try {
    return isJsonObject(JSON.parse(body.toString()) as unknown);
  } catch {
    return false;
  }
}
