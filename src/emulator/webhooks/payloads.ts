/**
 * The bodies that Meta sends. Source: webhooks reference `account_update` (September 2026) and `messages`.
 */
import { digitsOf } from "../world/world.ts";
import type { PhoneNumber, Restriction, Waba, World } from "../world/world.ts";
import type { EnvelopeEntry } from "../world/envelope.ts";

/** One change on its way to every app it concerns. */
export interface Webhook {
  field: string;
  value: Record<string, unknown>;
  /** What stands in `entry[0].id`. */
  entryId: string;
  appIds: string[];
  /** Unix seconds in the envelope; null leaves it out, as the examples of `messages` do. */
  time: number | null;
  /** The WABA and the number it is about: their overrides decide where some fields go. */
  wabaId?: string;
  numberId?: string;
}

/**
 * Source: "Webhook override" (September 2026). `account_update` is not among them: it always goes to the
 * app's own address.
 */
export const OVERRIDABLE_FIELDS: readonly string[] = [
  "messages",
  "message_echoes",
  "calls",
  "consumer_profile",
  "messaging_handovers",
  "group_lifecycle_update",
  "group_participants_update",
  "group_settings_update",
  "group_status_update",
  "smb_message_echoes",
  "smb_app_state_sync",
  "history",
  "account_settings_update",
];

/** Number before WABA before app. */
export function addressOf(world: World, webhook: Webhook, appId: string): string | null {
  const own = world.apps[appId]?.callbackUrl ?? null;
  if (!OVERRIDABLE_FIELDS.includes(webhook.field)) return own;
  const ofNumber = world.numbers[webhook.numberId ?? ""]?.overrideCallbackUri;
  const ofWaba = world.wabas[webhook.wabaId ?? ""]?.subscriptions[appId]?.overrideCallbackUri;
  return ofNumber ?? ofWaba ?? own;
}

/** Apps that hear of a field of this WABA: it is subscribed at the app and the WABA at them. */
function subscribersOf(world: World, waba: Waba, field: string): string[] {
  return Object.keys(waba.subscriptions).filter((appId) => hears(world, appId, field));
}

function hears(world: World, appId: string, field: string): boolean {
  const fields = world.apps[appId]?.fields;
  return !fields || fields.includes(field);
}

/** @param includeValues false where the app chose to hear only which fields changed */
export function entryOf(webhook: Webhook, includeValues = true): EnvelopeEntry {
  const { entryId: id, time, value, field } = webhook;
  const content = includeValues ? { changes: [{ value, field }] } : { changed_fields: [field] };
  return { id, ...(time !== null && { time }), ...content };
}

/**
 * The four events about partner and app. The envelope carries the partner's portfolio, the WABA is inside.
 * They reach the partner's apps whether or not the WABA is subscribed: the field is subscribed at the app.
 */
export function partnerEventOf(
  world: World,
  waba: Waba,
  event: "PARTNER_ADDED" | "PARTNER_REMOVED" | "PARTNER_APP_INSTALLED" | "PARTNER_APP_UNINSTALLED",
  nowMs: number,
  extra: { disconnection_info?: { reason: string; initiated_by: string }; appId?: string } = {},
): Webhook {
  const { appId = world.identity.appId, ...rest } = extra;
  const partnerId = world.apps[appId]?.businessId ?? world.identity.partnerBusinessId;
  const ofApp = event.startsWith("PARTNER_APP_");
  const ours = Object.values(world.apps).filter((app) => app.businessId === partnerId);
  const recipients = ofApp ? [appId] : ours.map((app) => app.id);
  return {
    field: "account_update",
    value: {
      event,
      waba_info: {
        waba_id: waba.id,
        owner_business_id: waba.businessId,
        ...(ofApp && { partner_app_id: appId }),
      },
      ...rest,
    },
    entryId: partnerId,
    appIds: recipients.filter((id) => hears(world, id, "account_update")),
    time: unixSecondsOf(nowMs),
    wabaId: waba.id,
  };
}

/**
 * Events about the account itself: the envelope carries the WABA, and they go to the apps that the WABA is
 * subscribed to.
 */
export function accountEventOf(
  world: World,
  waba: Waba,
  value: Record<string, unknown>,
  nowMs: number,
): Webhook {
  return fieldEventOf(world, { waba, field: "account_update", value, nowMs });
}

/** The same for another field about the account, its numbers or its templates. */
export function fieldEventOf(
  world: World,
  { waba, field, value, nowMs }: { waba: Waba; field: string; value: Record<string, unknown>; nowMs: number },
): Webhook {
  return {
    ...{ field, value, entryId: waba.id, appIds: subscribersOf(world, waba, field) },
    ...{ time: unixSecondsOf(nowMs), wabaId: waba.id },
  };
}

export function restrictionInfoOf(restrictions: Restriction[]): Record<string, unknown>[] {
  return restrictions.map((restriction) => ({
    restriction_type: restriction.type,
    expiration: unixSecondsOf(restriction.expiresAt),
  }));
}

/** Meta writes the date of a ban as prose: "April 17, 2025". */
export function banDateOf(nowMs: number): string {
  return new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "UTC" }).format(nowMs);
}

/** Which number a field of the messaging side is about. */
function metadataOf(number: PhoneNumber): Record<string, string> {
  return { display_phone_number: digitsOf(number.displayPhoneNumber), phone_number_id: number.id };
}

/** A field of the messaging side: its envelope carries the WABA and no time. */
export function numberEventOf(
  world: World,
  number: PhoneNumber,
  field: string,
  value: Record<string, unknown>,
): Webhook {
  const waba = world.wabas[number.wabaId];
  return {
    field,
    value: { messaging_product: "whatsapp", metadata: metadataOf(number), ...value },
    entryId: number.wabaId,
    appIds: waba ? subscribersOf(world, waba, field) : [],
    time: null,
    wabaId: number.wabaId,
    numberId: number.id,
  };
}

/**
 * Field `messages`, a status of a message that we sent, to a phone number or to a business-scoped user id.
 */
export function messageStatusOf(
  world: World,
  number: PhoneNumber,
  message: { id: string; status: "sent" | "delivered" | "read" } & ({ phone: string } | { userId: string }),
  nowMs: number,
): Webhook {
  const { id, status } = message;
  const recipient =
    "phone" in message ? { recipient_id: message.phone } : { recipient_user_id: message.userId };
  const timestamp = String(unixSecondsOf(nowMs));
  return numberEventOf(world, number, "messages", {
    statuses: [{ id, status, timestamp, ...recipient }],
  });
}

export function unixSecondsOf(ms: number): number {
  return Math.floor(ms / 1000);
}
