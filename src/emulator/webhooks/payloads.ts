/** The bodies that Meta sends. Source: webhooks reference `account_update` (September 2026) and `messages`. */
import { digitsOf } from "../world.ts";
import type { PhoneNumber, Restriction, Waba, World } from "../world.ts";

/** One change on its way to one app. */
export interface Webhook {
  field: string;
  value: Record<string, unknown>;
  /** What stands in `entry[0].id`. */
  entryId: string;
  appId: string;
  /** Unix seconds in the envelope; null leaves it out, as the examples of `messages` do. */
  time: number | null;
  /** Where it goes when not to the app's own address. */
  url?: string | null;
}

export function envelopeOf(webhook: Webhook): Record<string, unknown> {
  const entry = {
    id: webhook.entryId,
    ...(webhook.time !== null && { time: webhook.time }),
    changes: [{ value: webhook.value, field: webhook.field }],
  };
  return { object: "whatsapp_business_account", entry: [entry] };
}

/**
 * The four events about partner and app. The envelope carries the partner's portfolio, the WABA is inside. They reach the
 * partner's apps whether or not the WABA is subscribed: the field is subscribed at the app.
 */
export function partnerEventOf(
  world: World,
  waba: Waba,
  event: "PARTNER_ADDED" | "PARTNER_REMOVED" | "PARTNER_APP_INSTALLED" | "PARTNER_APP_UNINSTALLED",
  nowMs: number,
  extra: { disconnection_info?: { reason: string; initiated_by: string } } = {},
): Webhook {
  const { appId, partnerBusinessId } = world.identity;
  const ofApp = event.startsWith("PARTNER_APP_");
  return {
    field: "account_update",
    value: {
      event,
      waba_info: {
        waba_id: waba.id,
        owner_business_id: waba.businessId,
        ...(ofApp && { partner_app_id: appId }),
      },
      ...extra,
    },
    entryId: partnerBusinessId,
    appId,
    time: unixSecondsOf(nowMs),
  };
}

/** Events about the account itself: the envelope carries the WABA, and the WABA must be subscribed. */
export function accountEventOf(
  world: World,
  waba: Waba,
  value: Record<string, unknown>,
  nowMs: number,
): Webhook {
  return {
    field: "account_update",
    value,
    entryId: waba.id,
    appId: world.identity.appId,
    time: unixSecondsOf(nowMs),
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

/** Field `messages`, a status of a message that we sent. */
export function messageStatusOf(
  world: World,
  number: PhoneNumber,
  message: { id: string; recipient: string; status: "sent" | "delivered" | "read" },
  nowMs: number,
): Webhook {
  const subscription = world.wabas[number.wabaId]?.subscriptions[world.identity.appId];
  return {
    field: "messages",
    value: {
      messaging_product: "whatsapp",
      metadata: { display_phone_number: digitsOf(number.displayPhoneNumber), phone_number_id: number.id },
      statuses: [
        {
          id: message.id,
          status: message.status,
          timestamp: String(unixSecondsOf(nowMs)),
          recipient_id: message.recipient,
        },
      ],
    },
    entryId: number.wabaId,
    appId: world.identity.appId,
    time: null,
    url: number.overrideCallbackUri ?? subscription?.overrideCallbackUri ?? undefined,
  };
}

export function unixSecondsOf(ms: number): number {
  return Math.floor(ms / 1000);
}
