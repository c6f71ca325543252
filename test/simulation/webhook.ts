import { APP, BUSINESS, WABA } from "./model-meta.ts";

/** One webhook of Meta about the WABA, or one that somebody else sends in Meta's name. */
export interface Webhook {
  event: string;
  value: Record<string, unknown>;
  entryId: string;
  /** Whether it is about us: our portfolio or this WABA, our app. */
  isOurs: boolean;
  isSigned: boolean;
  /** The condition that it calls lost. */
  closes: "Shared" | "MessagingAllowed" | "AppInstalled" | "Companion" | null;
  /** The loss that it announces, or the repair. */
  about: { kind: string; since: number } | null;
}

/** One copy of it on its way. */
export interface Delivery {
  webhook: Webhook;
  entryTimeS: number;
  copy: number;
}

const OWNER = "510000000000001";
const info = { waba_id: WABA, owner_business_id: OWNER };

type Base = Pick<Webhook, "isOurs" | "isSigned" | "about">;
const TRUE_ONE: Base = { isOurs: true, isSigned: true, about: null };

export const partnerRemoved = (disconnection?: { reason: string; initiated_by: string }): Webhook => ({
  ...TRUE_ONE,
  event: "PARTNER_REMOVED",
  value: { waba_info: info, ...(disconnection && { disconnection_info: disconnection }) },
  entryId: BUSINESS,
  closes: "Shared",
});

export const partnerAdded = (): Webhook => ({
  ...TRUE_ONE,
  event: "PARTNER_ADDED",
  value: { waba_info: info },
  entryId: BUSINESS,
  closes: null,
});

export const appUninstalled = (): Webhook => ({
  ...TRUE_ONE,
  event: "PARTNER_APP_UNINSTALLED",
  value: { waba_info: { ...info, partner_app_id: APP } },
  entryId: BUSINESS,
  closes: "AppInstalled",
});

export const accountEvent = (
  event: string,
  value: Record<string, unknown>,
  closes: Webhook["closes"],
): Webhook => ({ ...TRUE_ONE, event, value, entryId: WABA, closes });

export const restriction = (types: string[], untilMs: number): Webhook =>
  accountEvent(
    "ACCOUNT_RESTRICTION",
    {
      restriction_info: types.map((type) => ({
        restriction_type: type,
        expiration: Math.floor(untilMs / 1000),
      })),
    },
    types.length > 1 ? "MessagingAllowed" : null,
  );

/** Correctly signed, and about another portfolio, app or solution. */
export const FOREIGN: readonly (() => Webhook)[] = [
  () => ({ ...partnerRemoved(), entryId: "999000000000001", isOurs: false, closes: null }),
  () => ({
    ...partnerRemoved(),
    value: { waba_info: { ...info, partner_app_id: "699000000000009" } },
    isOurs: false,
    closes: null,
  }),
  () => ({
    ...partnerRemoved(),
    value: { waba_info: { ...info, solution_partner_business_ids: ["999000000000001"] } },
    isOurs: false,
    closes: null,
  }),
];

/** Meta's text without Meta's signature. */
export const forged = (): Webhook => ({ ...partnerRemoved(), isSigned: false, isOurs: false, closes: null });

export function bodyOf({ webhook, entryTimeS }: Delivery): Uint8Array {
  const value = { event: webhook.event, ...webhook.value };
  const entry = { id: webhook.entryId, time: entryTimeS, changes: [{ field: "account_update", value }] };
  return Buffer.from(JSON.stringify({ object: "whatsapp_business_account", entry: [entry] }));
}
