import type { IncomingHttpHeaders } from "node:http";

/**
 * A message request by its address and headers. `version` and `phoneNumberId` are null at the address
 * `/messages`, where the key alone names the number.
 */
export interface GatewayRoute {
  version: string | null;
  phoneNumberId: string | null;
  key: string | null;
  /** How a key is sent at this address, for the refusal of a request without one. */
  keyHint: string;
}

const META_DOOR = /^\/(v[0-9]{1,3}\.[0-9]{1,3})\/([^/]{1,100})\/messages\/?$/;
/** Meta accepts its addresses without a version too; an id is all digits. */
const UNVERSIONED_DOOR = /^\/([0-9]{1,30})\/messages\/?$/;

/**
 * The gateway's route for this request, or null when the address is not the gateway's. The query is ignored.
 */
export function parseGatewayRoute(
  method: string,
  url: string,
  headers: IncomingHttpHeaders,
): GatewayRoute | null {
  if (method !== "POST") return null;
  const path = pathOf(url);
  if (path === "/messages" || path === "/messages/") {
    return {
      version: null,
      phoneNumberId: null,
      key: apiKeyOf(headers),
      keyHint: "D360-API-KEY: <channel key>",
    };
  }
  const versioned = META_DOOR.exec(path);
  const phoneNumberId = versioned?.[2] ?? UNVERSIONED_DOOR.exec(path)?.[1];
  if (phoneNumberId === undefined) return null;
  const keyHint = "Authorization: Bearer <channel key>";
  return { version: versioned?.[1] ?? null, phoneNumberId, key: bearerOf(headers), keyHint };
}

/**
 * First path segments that programs for Meta or for 360dialog use. A page under one of them would be taken
 * for a success, because such programs test a key with a GET and read only the status.
 */
const MACHINE_PATH =
  /^\/+(?:v[0-9]+(?:\.[0-9]+)?|[0-9]+|messages|media|me|debug_token|oauth|health_status|whatsapp_business_profile)(?:\/|$)/;

/** Whether programs call this address and expect Meta's envelope, even if it is not offered. */
export function isMachinePath(url: string): boolean {
  return MACHINE_PATH.test(pathOf(url));
}

function pathOf(url: string): string {
  const queryAt = url.indexOf("?");
  return queryAt < 0 ? url : url.slice(0, queryAt);
}

function apiKeyOf(headers: IncomingHttpHeaders): string | null {
  const key = headers["d360-api-key"];
  return typeof key === "string" && key.trim() !== "" ? key.trim() : null;
}

function bearerOf(headers: IncomingHttpHeaders): string | null {
  return /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1] ?? null;
}
