import { cutText } from "../lib/cut-text.ts";
import { earlyWarningOf, type EarlyWarning } from "./early-warning.ts";
import { isJsonObject } from "./exact-json.ts";
import { parseMetaId } from "./meta-id.ts";
import type { JsonObject } from "./exact-json.ts";

/**
 * What a notice of Meta's says about a share, in Meta's own words. Source: webhooks/reference/account_update
 * (Sep 2026). `restrictions[].expiresAt` is in ms since the epoch.
 */
export type NoticeMeaning =
  | { kind: "partner_added" }
  | { kind: "app_installed" }
  | { kind: "app_uninstalled" }
  | { kind: "partner_removed"; disconnection: Disconnection | null }
  | { kind: "account_deleted" }
  | { kind: "offboarded" }
  | { kind: "reconnected" }
  | { kind: "ban"; state: string }
  | { kind: "restricted"; restrictions: Restriction[] }
  /**
   * `sentAt`: when the newest of its messages was written, ms since the epoch; null when Meta does not say.
   */
  | { kind: "echo"; phoneNumberId: string; sentAt: number | null }
  /**
   * Messages of a number failed after Meta had accepted them: Meta's codes, each once. Nothing else of
   * `messages` is read.
   */
  | { kind: "failed_statuses"; phoneNumberId: string; codes: number[] }
  | EarlyWarning
  | { kind: "other" };

/** Present iff a coexistence number was cut off; Meta's words are open-ended and may be missing. */
interface Disconnection {
  reason: string | null;
  initiatedBy: string | null;
}

interface Restriction {
  type: string;
  expiresAt: number | null;
}

const MEANINGS: Record<string, (value: JsonObject) => NoticeMeaning> = {
  PARTNER_ADDED: () => ({ kind: "partner_added" }),
  PARTNER_APP_INSTALLED: () => ({ kind: "app_installed" }),
  PARTNER_APP_UNINSTALLED: () => ({ kind: "app_uninstalled" }),
  PARTNER_REMOVED: (value) => ({
    kind: "partner_removed",
    disconnection: disconnectionOf(value.disconnection_info),
  }),
  ACCOUNT_DELETED: () => ({ kind: "account_deleted" }),
  ACCOUNT_OFFBOARDED: () => ({ kind: "offboarded" }),
  ACCOUNT_RECONNECTED: () => ({ kind: "reconnected" }),
  DISABLED_UPDATE: (value) => banOf(value.ban_info),
  ACCOUNT_RESTRICTION: (value) => ({
    kind: "restricted",
    restrictions: restrictionsOf(value.restriction_info),
  }),
};

/**
 * Meta sends these two as events of `account_update`; public receivers also know them as fields of their own.
 */
const EVENT_OF_FIELD: Record<string, string> = {
  account_offboarded: "ACCOUNT_OFFBOARDED",
  account_reconnected: "ACCOUNT_RECONNECTED",
};

/** The meaning of one change; `other` for everything that says nothing about a share, and for what is new. */
export function meaningOf(field: string, value: JsonObject): NoticeMeaning {
  if (field === "smb_message_echoes") return echoOf(value);
  if (field === "messages") return failuresOf(value);
  const warning = earlyWarningOf(field, value);
  if (warning !== undefined) return warning;
  const event = Object.hasOwn(EVENT_OF_FIELD, field) ? EVENT_OF_FIELD[field] : eventOf(field, value);
  const meaning = event !== undefined && Object.hasOwn(MEANINGS, event) ? MEANINGS[event] : undefined;
  return meaning ? meaning(value) : { kind: "other" };
}

function eventOf(field: string, value: JsonObject): string | undefined {
  return field === "account_update" && typeof value.event === "string"
    ? value.event.trim().toUpperCase()
    : undefined;
}

/** A message that the client wrote in its WhatsApp Business app: the number lives in the app. */
function echoOf(value: JsonObject): NoticeMeaning {
  const id = parseMetaId(isJsonObject(value.metadata) ? value.metadata.phone_number_id : null);
  return id === null ? { kind: "other" } : { kind: "echo", phoneNumberId: id, sentAt: sentAtOf(value) };
}

/** `statuses[].errors[].code` of what failed. Source: webhooks/reference/messages/status. */
function failuresOf(value: JsonObject): NoticeMeaning {
  const phoneNumberId = parseMetaId(isJsonObject(value.metadata) ? value.metadata.phone_number_id : null);
  if (phoneNumberId === null || !Array.isArray(value.statuses)) return { kind: "other" };
  const codes = new Set<number>();
  for (const status of value.statuses as unknown[]) {
    if (!isJsonObject(status) || status.status !== "failed" || !Array.isArray(status.errors)) continue;
    for (const error of status.errors as unknown[])
      if (isJsonObject(error) && Number.isSafeInteger(error.code) && codes.size < CODE_LIMIT)
        codes.add(error.code as number);
  }
  return codes.size === 0 ? { kind: "other" } : { kind: "failed_statuses", phoneNumberId, codes: [...codes] };
}

/**
 * `message_echoes[].timestamp` counts seconds since the epoch, as text or as a number. Nothing else of a
 * message is read.
 */
function sentAtOf(value: JsonObject): number | null {
  const echoes = Array.isArray(value.message_echoes) ? value.message_echoes : [];
  // One by one: a list that fills a webhook is longer than the arguments that a function takes.
  return echoes.reduce<number | null>((newest, echo) => {
    const at = isJsonObject(echo) ? instantOf(echo.timestamp) : null;
    return at === null ? newest : Math.max(at, newest ?? at);
  }, null);
}

/**
 * Other teams' captures show `disconnect_reason` too; an empty object still says that it was a coexistence
 * number.
 */
function disconnectionOf(info: unknown): Disconnection | null {
  if (typeof info === "string" && info !== "")
    return { reason: cutText(info, WORD_LIMIT), initiatedBy: null };
  if (!isJsonObject(info)) return null;
  return {
    reason: wordOf(info.reason) ?? wordOf(info.disconnect_reason),
    initiatedBy: wordOf(info.initiated_by),
  };
}

/** Older pages show `ban_info` as a list; the last entry is the newest state. */
function banOf(info: unknown): NoticeMeaning {
  const ban: unknown = Array.isArray(info) ? info.at(-1) : info;
  const state = isJsonObject(ban) ? wordOf(ban.waba_ban_state) : null;
  return state === null ? { kind: "other" } : { kind: "ban", state };
}

function restrictionsOf(info: unknown): Restriction[] {
  const listed = (Array.isArray(info) ? info : [info]).slice(0, RESTRICTION_LIMIT) as unknown[];
  return listed.filter(isJsonObject).flatMap((restriction) => {
    const type = wordOf(restriction.restriction_type);
    return type === null ? [] : [{ type, expiresAt: instantOf(restriction.expiration) }];
  });
}

/** Meta writes seconds since the epoch; 0 and what cannot be read mean that it is not known. */
function instantOf(written: unknown): number | null {
  const seconds = typeof written === "string" && /^[0-9]{1,11}$/.test(written) ? Number(written) : written;
  return typeof seconds === "number" && seconds > 0 && seconds < 1e11 ? Math.floor(seconds * 1000) : null;
}

const WORD_LIMIT = 100;
/** Meta has some fifty codes of messages. */
const CODE_LIMIT = 50;
/** Meta names four kinds of restriction. */
const RESTRICTION_LIMIT = 20;

function wordOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? cutText(value, WORD_LIMIT) : null;
}
