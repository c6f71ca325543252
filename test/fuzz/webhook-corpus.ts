import { APP, BUSINESS } from "../simulation/model-meta.ts";

/** Two known ones, one platform and one coexistence, and one unknown. */
export const PLATFORM = "100000000000001";
const COEXISTENCE = "100000000000002";
const STRANGER = "100000000000999";

const info = (wabaId: string) => ({ waba_id: wabaId, owner_business_id: "510000000000001" });

/** `value` of every kind of webhook about a share, as Meta's reference prints it. */
const ACCOUNT_UPDATES: readonly ((wabaId: string, timeS: number) => Record<string, unknown>)[] = [
  (wabaId) => ({ event: "PARTNER_REMOVED", waba_info: info(wabaId) }),
  (wabaId) => ({
    event: "PARTNER_REMOVED",
    waba_info: info(wabaId),
    disconnection_info: { reason: "ACCOUNT_DISCONNECTED", initiated_by: "USER" },
  }),
  (wabaId) => ({
    event: "PARTNER_REMOVED",
    waba_info: info(wabaId),
    disconnection_info: { reason: "PRIMARY_INACTIVITY", initiated_by: "SYSTEM" },
  }),
  (wabaId) => ({ event: "PARTNER_ADDED", waba_info: info(wabaId) }),
  (wabaId) => ({
    event: "PARTNER_ADDED",
    waba_info: {
      ...info(wabaId),
      solution_id: "1",
      solution_partner_business_ids: [BUSINESS, "520000000000001"],
    },
  }),
  (wabaId) => ({ event: "PARTNER_APP_INSTALLED", waba_info: { ...info(wabaId), partner_app_id: APP } }),
  (wabaId) => ({ event: "PARTNER_APP_UNINSTALLED", waba_info: { ...info(wabaId), partner_app_id: APP } }),
  () => ({ event: "ACCOUNT_DELETED" }),
  () => ({ event: "ACCOUNT_OFFBOARDED" }),
  () => ({ event: "ACCOUNT_RECONNECTED" }),
  () => ({
    event: "DISABLED_UPDATE",
    ban_info: { waba_ban_state: "DISABLE", waba_ban_date: "November 22, 2026" },
  }),
  () => ({ event: "DISABLED_UPDATE", ban_info: [{ waba_ban_state: "SCHEDULE_FOR_DISABLE" }] }),
  () => ({ event: "DISABLED_UPDATE", ban_info: { waba_ban_state: "REINSTATE" } }),
  (_wabaId, timeS) => ({
    event: "ACCOUNT_RESTRICTION",
    restriction_info: [
      { restriction_type: "RESTRICTED_BIZ_INITIATED_MESSAGING", expiration: timeS + 86_400 },
      { restriction_type: "RESTRICTED_CUSTOMER_INITIATED_MESSAGING", expiration: timeS + 86_400 },
    ],
  }),
  () => ({ event: "VERIFIED_ACCOUNT", phone_number: "15550100001" }),
  () => ({ event: "ACCOUNT_VIOLATION", violation_info: { violation_type: "SCAM" } }),
];

const OTHERS: readonly { field: string; value: Record<string, unknown> }[] = [
  { field: "account_review_update", value: { decision: "APPROVED" } },
  { field: "account_offboarded", value: {} },
  { field: "account_reconnected", value: {} },
  { field: "phone_number_quality_update", value: { display_phone_number: "15550100001", event: "FLAGGED" } },
  {
    field: "messages",
    value: {
      messaging_product: "whatsapp",
      metadata: { display_phone_number: "15550100001", phone_number_id: "200000000000001" },
      statuses: [
        { id: "wamid.HBg", status: "delivered", timestamp: "1790000000", recipient_id: "15550001111" },
      ],
    },
  },
  {
    field: "smb_message_echoes",
    value: {
      messaging_product: "whatsapp",
      metadata: { phone_number_id: "200000000000003" },
      message_echoes: [{ timestamp: "1790000000", text: "hi" }, { timestamp: 1790000001 }],
    },
  },
  { field: "history", value: { messaging_product: "whatsapp", history: [{ metadata: { phase: 0 } }] } },
];

const WABAS = [PLATFORM, PLATFORM, PLATFORM, COEXISTENCE, COEXISTENCE, STRANGER] as const;

type Pick = <T>(items: readonly T[]) => T;

/** A delivery as Meta would send it: one or several entries, about one WABA or several. */
export function deliveryOf(pick: Pick, timeS: number): Record<string, unknown> {
  const entries = Array.from({ length: pick([1, 1, 1, 1, 2, 3]) }, () =>
    entryOf(pick, timeS - pick([0, 0, 1, 60, 9000])),
  );
  return { object: "whatsapp_business_account", entry: entries };
}

function entryOf(pick: Pick, time: number): Record<string, unknown> {
  const wabaId = pick(WABAS);
  const changes = Array.from({ length: pick([1, 1, 1, 2]) }, () => changeOf(pick, wabaId, time));
  const isOfPartner = JSON.stringify(changes).includes("waba_info");
  return { id: isOfPartner ? BUSINESS : wabaId, time, changes };
}

function changeOf(pick: Pick, wabaId: string, time: number): Record<string, unknown> {
  if (pick([0, 1, 2, 3]) === 0) return pick(OTHERS);
  return { field: "account_update", value: pick(ACCOUNT_UPDATES)(wabaId, time) };
}
