import { cutText } from "../../lib/cut-text.ts";
import type { Answer } from "../model/probe-result.ts";
import type { WabaKind } from "../model/share-record.ts";
import type { NumberSeen } from "../model/setup-reading.ts";

/**
 * `status` of a number -> `NumberConnected`. Meta's pages disagree on the list, so a status that is not here
 * is Unknown, and Unknown may send. FLAGGED, RATE_LIMITED and RESTRICTED still send.
 */
const NUMBER_STATUS: Record<string, Answer> = {
  CONNECTED: { verdict: "true" },
  FLAGGED: { verdict: "true" },
  RATE_LIMITED: { verdict: "true" },
  RESTRICTED: { verdict: "true" },
  DISCONNECTED: { verdict: "bad", reason: "number_deregistered", metaMessage: "DISCONNECTED" },
  UNLINKED: { verdict: "bad", reason: "number_deregistered", metaMessage: "UNLINKED" },
  BANNED: { verdict: "bad", reason: "meta_disabled", metaMessage: "BANNED" },
  DELETED: { verdict: "bad", reason: "number_deleted", metaMessage: "DELETED" },
  MIGRATED: { verdict: "bad", reason: "number_deleted", metaMessage: "MIGRATED" },
};

export function connectedOf(item: Record<string, unknown>): Answer {
  const status = typeof item.status === "string" ? item.status : "";
  const known = Object.hasOwn(NUMBER_STATUS, status) ? NUMBER_STATUS[status] : undefined;
  return (
    known ?? {
      verdict: "none",
      reason: status === "" ? "not_yet_proven" : `meta:${cutText(status, 100)}`,
      ours: false,
    }
  );
}

/** What Meta reports about a number, as read (number-setup-issues.ts says what it means). */
export function numberSeenOf(item: Record<string, unknown>): NumberSeen {
  const word = (value: unknown): string | null =>
    typeof value === "string" && value !== "" ? cutText(value, 60) : null;
  return {
    status: word(item.status),
    nameStatus: word(item.name_status),
    verification: word(item.code_verification_status),
    quality: word(item.quality_rating),
  };
}

/**
 * Both True: a number of the WhatsApp Business app. `NOT_APPLICABLE` means "still being set up", not a loss:
 * Unknown.
 */
export function isCoexistenceNumber(item: Record<string, unknown>): boolean | null {
  if (item.is_on_biz_app === true && item.platform_type === "CLOUD_API") return true;
  return item.is_on_biz_app === false ? false : null;
}

/**
 * A WABA with a number of the app is coexistence. It is platform only when every number says that it is not
 * in the app.
 */
export function kindOfNumbers(items: Record<string, unknown>[]): WabaKind | null {
  const kinds = items.map(isCoexistenceNumber);
  if (kinds.includes(true)) return "coexistence";
  return kinds.length > 0 && kinds.every((kind) => kind === false) ? "platform" : null;
}

/**
 * Whether a number is certainly not used in the app: registering such a number would take it from the phone.
 * A number that is still being set up says "on the app" and not yet CLOUD_API. A number that says nothing
 * counts as platform when all others do.
 */
export function mayRegister(item: Record<string, unknown>, isPlatform: boolean): boolean {
  return item.is_on_biz_app === false || (item.is_on_biz_app !== true && isPlatform);
}
