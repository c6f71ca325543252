import { cutText } from "../lib/cut-text.ts";
import { isJsonObject, parseExactJsonBytes } from "./exact-json.ts";
import type { JsonObject } from "./exact-json.ts";
import { parseMetaId } from "./meta-id.ts";
import { meaningOf } from "./notice-meaning.ts";
import type { NoticeMeaning } from "./notice-meaning.ts";

export type { NoticeMeaning } from "./notice-meaning.ts";

/** One change that Meta announces: one `changes[]` item of a webhook, with its envelope. */
export interface MetaNotice {
  /** The WABA it is about, by `waba_info` before `entry.id`; null when neither is an id. */
  wabaId: string | null;
  /** As sent; for PARTNER_* events Meta puts the partner's portfolio here. Empty when absent. */
  entryId: string;
  /** When Meta says it sent the notification, seconds since the epoch. */
  entryTimeS: number | null;
  field: string;
  event: string | null;
  meaning: NoticeMeaning;
  partnerAppId: string | null;
  solutionPartnerBusinessIds: string[] | null;
  ownerBusinessId: string | null;
  /**
   * `value` as sent, for people to read; empty for the fields that carry conversations, which are nobody's
   * business here.
   */
  said: Record<string, unknown>;
}

export type ParsedDelivery =
  | { understood: true; notices: MetaNotice[]; fields: string[] }
  | { understood: false; why: string; fields: string[] };

const OBJECT = "whatsapp_business_account";
const UNNAMED_FIELD = "unknown";
/** Meta batches 1000 updates at most (create-webhook-endpoint); ten times that is no delivery of Meta's. */
const NOTICE_LIMIT = 10_000;
/** Meta has some 40 fields; a webhook that names more of them says no more by it. */
const FIELD_LIMIT = 100;
const PARTNER_LIMIT = 100;

/**
 * What a webhook delivery says, in order. Reads the exact signed bytes; the signature is checked before.
 * Lenient on the defects of Meta's own pages (see `changesOf`), strict on nothing but the outermost shape.
 * Never throws.
 */
export function parseNotices(body: Uint8Array): ParsedDelivery {
  const envelope = parseExactJsonBytes(body);
  if (!isJsonObject(envelope)) return notUnderstood("The body is no JSON object");
  if (envelope.object !== undefined && envelope.object !== OBJECT)
    return notUnderstood("It is about another kind of object");
  const entries = listOf(envelope.entry);
  if (envelope.entry === undefined) return notUnderstood("It has no entry");
  const notices = entries.slice(0, NOTICE_LIMIT).flatMap(noticesOf).slice(0, NOTICE_LIMIT);
  if (notices.length === 0 && entries.length > 0) return notUnderstood("No entry of it can be read");
  const fields = [...new Set(notices.map((notice) => notice.field))].slice(0, FIELD_LIMIT);
  return { understood: true, notices, fields };
}

function notUnderstood(why: string): ParsedDelivery {
  return { understood: false, why, fields: [] };
}

function noticesOf(entry: unknown): MetaNotice[] {
  if (!isJsonObject(entry)) return [];
  return changesOf(entry)
    .slice(0, NOTICE_LIMIT)
    .map((change) => noticeOf(entry, change));
}

interface Change {
  field: string;
  value: JsonObject;
}

/**
 * The changes of an entry. Meta's older pages show `field` inside `entry` (PARTNER_APP_INSTALLED) or inside
 * `value` (PARTNER_APP_UNINSTALLED); an app that does not ask for values gets the names alone, as
 * `changed_fields`.
 */
function changesOf(entry: JsonObject): Change[] {
  const written = entry.changes ?? (isJsonObject(entry.value) ? entry : undefined);
  const changes = listOf(written)
    .slice(0, NOTICE_LIMIT)
    .filter(isJsonObject)
    .map((change) => {
      const value = isJsonObject(change.value) ? change.value : {};
      return { field: fieldOf(change.field, value.field, entry.field, value), value };
    });
  const named = listOf(entry.changed_fields).filter((field) => typeof field === "string");
  return [...changes, ...named.map((field) => ({ field, value: {} }))];
}

function fieldOf(beside: unknown, inside: unknown, above: unknown, value: JsonObject): string {
  const named = [beside, inside, above].find((name) => typeof name === "string" && name !== "");
  if (typeof named === "string") return cutText(named, WORD_LIMIT);
  return isJsonObject(value.waba_info) ? "account_update" : UNNAMED_FIELD;
}

function noticeOf(entry: JsonObject, { field, value }: Change): MetaNotice {
  const about = isJsonObject(value.waba_info) ? value.waba_info : {};
  const partners = about.solution_partner_business_ids;
  return {
    wabaId: parseMetaId(about.waba_id) ?? parseMetaId(entry.id),
    entryId: idTextOf(entry.id) ?? "",
    entryTimeS: entryTimeOf(entry.time),
    field,
    event: typeof value.event === "string" ? cutText(value.event, WORD_LIMIT) : null,
    meaning: meaningOf(field, value),
    partnerAppId: idTextOf(about.partner_app_id),
    solutionPartnerBusinessIds: Array.isArray(partners)
      ? partners
          .slice(0, PARTNER_LIMIT)
          .map(idTextOf)
          .filter((id) => id !== null)
      : null,
    ownerBusinessId: idTextOf(about.owner_business_id),
    said: isConversation(field, value) ? {} : value,
  };
}

/**
 * Fields whose values hold what people write to each other; new ones are known by their `messaging_product`.
 */
const CONVERSATION_FIELDS = new Set([
  "messages",
  "message_echoes",
  "messaging_handovers",
  "smb_message_echoes",
  "smb_app_state_sync",
  "history",
  "calls",
  "consumer_profile",
  "user_preferences",
  "automatic_events",
]);

function isConversation(field: string, value: JsonObject): boolean {
  return (
    CONVERSATION_FIELDS.has(field) || field.startsWith("group_") || value.messaging_product !== undefined
  );
}

/** Seconds; a defect seen in other senders is milliseconds, told apart by size (10^11 s is the year 5138). */
function entryTimeOf(time: unknown): number | null {
  const number = typeof time === "string" && /^[0-9]{1,15}$/.test(time) ? Number(time) : time;
  if (typeof number !== "number" || !Number.isFinite(number) || number <= 0) return null;
  return Math.floor(number >= 1e11 ? number / 1000 : number);
}

/** Meta's words and ids are short; what is remembered of a webhook is bounded, whatever it holds. */
const WORD_LIMIT = 100;

function idTextOf(value: unknown): string | null {
  if (typeof value === "number" && Number.isSafeInteger(value)) return String(value);
  return typeof value === "string" && value !== "" ? cutText(value, WORD_LIMIT) : null;
}

/** A list where Meta promises one; a lone object counts as a list of one. */
function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  return isJsonObject(value) ? [value] : [];
}
