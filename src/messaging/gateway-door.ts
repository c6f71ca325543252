import type { IncomingHttpHeaders } from "node:http";

/**
 * A message request as its address and headers tell it. `version` and `phoneNumberId` are null at the door `/messages`, where the key
 * alone names the number.
 */
export interface GatewayDoor {
  version: string | null;
  phoneNumberId: string | null;
  key: string | null;
  /** How a key is shown at this door, for the refusal of a request without one. */
  keyHint: string;
}

const META_DOOR = /^\/(v[0-9]{1,3}\.[0-9]{1,3})\/([^/]{1,100})\/messages\/?$/;

/** The gateway's door that this request knocks at, or null when the address is not the gateway's. A query is not looked at. */
export function parseGatewayDoor(
  method: string,
  url: string,
  headers: IncomingHttpHeaders,
): GatewayDoor | null {
  if (method !== "POST") return null;
  const queryAt = url.indexOf("?");
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  if (path === "/messages" || path === "/messages/") {
    return {
      version: null,
      phoneNumberId: null,
      key: apiKeyOf(headers),
      keyHint: "D360-API-KEY: <channel key>",
    };
  }
  const match = META_DOOR.exec(path);
  if (!match) return null;
  const [, version = "", phoneNumberId = ""] = match;
  return { version, phoneNumberId, key: bearerOf(headers), keyHint: "Authorization: Bearer <channel key>" };
}

function apiKeyOf(headers: IncomingHttpHeaders): string | null {
  const key = headers["d360-api-key"];
  return typeof key === "string" && key.trim() !== "" ? key.trim() : null;
}

function bearerOf(headers: IncomingHttpHeaders): string | null {
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1] ?? null;
}
