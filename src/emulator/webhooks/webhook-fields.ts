/**
 * Every webhook field of Meta that the emulator knows, with an example of each event, filled with the ids of
 * a WABA of this world. `seen`: the shape stands in a page of Meta's that was read; `named`: only the name,
 * or single keys.
 */
export interface ExampleIds {
  wabaId: string;
  ownerBusinessId: string;
  partnerBusinessId: string;
  appId: string;
  phoneNumberId: string;
  /** Digits only. */
  displayPhoneNumber: string;
  /** Unix seconds. */
  now: number;
}

type Value = Record<string, unknown>;

export interface WebhookField {
  field: string;
  shape: "seen" | "named";
  /** What stands in `entry[].id`. */
  entry: "waba" | "portfolio";
  /** Whether `entry[].time` is there. */
  timed: boolean;
  example: (ids: ExampleIds) => Value;
}

/** One event of `account_update`. */
export interface AccountEvent {
  event: string;
  entry: "waba" | "portfolio";
  example: (ids: ExampleIds) => Value;
}

const wabaInfo = (ids: ExampleIds, more: Value = {}): Value => ({
  waba_info: { waba_id: ids.wabaId, owner_business_id: ids.ownerBusinessId, ...more },
});
const ofApp = (ids: ExampleIds): Value => wabaInfo(ids, { partner_app_id: ids.appId });

const ROWS: readonly [event: string, entry: "waba" | "portfolio", example: (ids: ExampleIds) => Value][] = [
  ["PARTNER_ADDED", "portfolio", (ids) => wabaInfo(ids)],
  ["PARTNER_REMOVED", "portfolio", (ids) => wabaInfo(ids)],
  ["PARTNER_APP_INSTALLED", "portfolio", ofApp],
  ["PARTNER_APP_UNINSTALLED", "portfolio", ofApp],
  ["AD_ACCOUNT_LINKED", "portfolio", (ids) => wabaInfo(ids, { ad_account_linked: "980198427534243" })],
  ["MM_LITE_TERMS_SIGNED", "portfolio", (ids) => wabaInfo(ids)],
  [
    "PARTNER_CLIENT_CERTIFICATION_STATUS_UPDATE",
    "waba",
    (ids) => ({
      partner_client_certification_info: {
        client_business_id: ids.ownerBusinessId,
        status: "APPROVED",
        rejection_reasons: ["NONE"],
      },
    }),
  ],
  ["ACCOUNT_OFFBOARDED", "waba", () => ({})],
  ["ACCOUNT_RECONNECTED", "waba", () => ({})],
  ["ACCOUNT_DELETED", "waba", () => ({})],
  ["ACCOUNT_VIOLATION", "waba", () => ({ violation_info: { violation_type: "ADULT" } })],
  [
    "ACCOUNT_RESTRICTION",
    "waba",
    (ids) => ({
      restriction_info: [
        { restriction_type: "RESTRICTED_BIZ_INITIATED_MESSAGING", expiration: ids.now + 604_800 },
      ],
    }),
  ],
  [
    "DISABLED_UPDATE",
    "waba",
    () => ({ ban_info: { waba_ban_state: "DISABLE", waba_ban_date: "April 17, 2025" } }),
  ],
  ["VERIFIED_ACCOUNT", "waba", (ids) => ({ phone_number: ids.displayPhoneNumber })],
  [
    "AUTH_INTL_PRICE_ELIGIBILITY_UPDATE",
    "waba",
    (ids) => ({
      auth_international_rate_eligibility: {
        start_time: ids.now,
        exception_countries: [{ country_code: "ID", start_time: ids.now }],
      },
    }),
  ],
  ["BUSINESS_PRIMARY_LOCATION_COUNTRY_UPDATE", "waba", () => ({ country: "IN" })],
  [
    "VOLUME_BASED_PRICING_TIER_UPDATE",
    "waba",
    (ids) => ({
      volume_tier_info: {
        tier_update_time: ids.now,
        pricing_category: "UTILITY",
        tier: "25000001:50000000",
        effective_month: "2025-11",
        region: "India",
      },
    }),
  ],
];

/** Every event of `account_update`, with the envelope id of Meta's examples. */
export const ACCOUNT_EVENTS: readonly AccountEvent[] = ROWS.map(([event, entry, example]) => ({
  event,
  entry,
  example: (ids) => ({ event, ...example(ids) }),
}));

const metadata = (ids: ExampleIds): Value => ({
  messaging_product: "whatsapp",
  metadata: { display_phone_number: ids.displayPhoneNumber, phone_number_id: ids.phoneNumberId },
});
const template = (value: Value): Value => ({
  message_template_id: 1689556908129835,
  message_template_name: "abandoned_cart",
  message_template_language: "en",
  ...value,
});
const CUSTOMER = "16505551234";
/** A business-scoped user id. */
const HIDDEN_CUSTOMER = "PT.80218843190557120044";
const text = (ids: ExampleIds, from: string, to?: string): Value => ({
  from,
  ...(to && { to }),
  id: "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQTdCNTg5RjY1MEMyRjlGMjRGNgA=",
  timestamp: String(ids.now),
  type: "text",
  text: { body: "Is my order ready?" },
});

const withoutFrom = ({ from: _from, ...message }: Value): Value => message;

const OTHER_FIELDS: readonly WebhookField[] = [
  messaging("messages", (ids) => ({
    // The second customer has a username: Meta leaves the phone number out (business-scoped-user-ids,
    // November 2026).
    contacts: [
      { profile: { name: "Pablo Morales" }, wa_id: CUSTOMER, user_id: "US.13491208655302741918" },
      { profile: { name: "Ana Duarte", username: "ana.duarte" }, user_id: HIDDEN_CUSTOMER },
    ],
    messages: [
      { ...text(ids, CUSTOMER), from_user_id: "US.13491208655302741918" },
      { ...withoutFrom(text(ids, "")), from_user_id: HIDDEN_CUSTOMER },
    ],
  })),
  messaging("smb_message_echoes", (ids) => ({
    message_echoes: [text(ids, ids.displayPhoneNumber, CUSTOMER)],
  })),
  messaging(
    "message_echoes",
    (ids) => ({ message_echoes: [text(ids, ids.displayPhoneNumber, CUSTOMER)] }),
    "named",
  ),
  messaging("smb_app_state_sync", (ids) => ({
    state_sync: [
      {
        type: "contact",
        contact: { full_name: "Pablo Morales", first_name: "Pablo", phone_number: CUSTOMER },
        action: "add",
        metadata: { timestamp: String(ids.now) },
      },
    ],
  })),
  messaging("history", (ids) => ({
    history: [
      {
        metadata: { phase: 0, chunk_order: 1, progress: 100 },
        threads: [
          {
            id: CUSTOMER,
            messages: [
              { ...text(ids, ids.displayPhoneNumber, CUSTOMER), history_context: { status: "READ" } },
            ],
          },
        ],
      },
    ],
  })),
  messaging("user_preferences", (ids) => ({
    contacts: [{ wa_id: CUSTOMER }],
    user_preferences: [
      {
        wa_id: CUSTOMER,
        detail: "User requested to stop marketing messages",
        category: "marketing_messages",
        value: "stop",
        timestamp: ids.now,
      },
    ],
  })),
  account("account_alerts", (ids) => ({
    entity_type: "BUSINESS",
    entity_id: ids.ownerBusinessId,
    alert_info: {
      alert_severity: "WARNING",
      alert_status: "ACTIVE",
      alert_type: "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED",
      alert_description: "The request to send more messages was deferred.",
    },
  })),
  account("account_review_update", () => ({ decision: "APPROVED" })),
  account("business_capability_update", () => ({
    max_daily_conversations_per_business: 2000,
    max_phone_numbers_per_waba: 25,
  })),
  account("phone_number_quality_update", (ids) => ({
    display_phone_number: ids.displayPhoneNumber,
    event: "THROUGHPUT_UPGRADE",
    old_limit: "TIER_2K",
    current_limit: "TIER_UNLIMITED",
    max_daily_conversations_per_business: "TIER_UNLIMITED",
  })),
  account("phone_number_name_update", (ids) => ({
    display_phone_number: ids.displayPhoneNumber,
    decision: "APPROVED",
    requested_verified_name: "Lucky Shrub",
    rejection_reason: null,
  })),
  account("security", (ids) => ({
    display_phone_number: ids.displayPhoneNumber,
    event: "PIN_RESET_REQUEST",
    requester: "61555822107539",
  })),
  {
    ...account("partner_solutions", () => ({
      event: "SOLUTION_CREATED",
      solution_id: "774485461512159",
      solution_status: "INITIATED",
    })),
    entry: "portfolio",
  },
  account("payment_configuration_update", (ids) => ({
    configuration_name: "razorpay-prod",
    provider_name: "razorpay",
    provider_mid: "acc_GP4lfNA0iIMn5B",
    status: "Needs Testing",
    created_timestamp: ids.now,
    updated_timestamp: ids.now,
  })),
  account("message_template_status_update", () =>
    template({
      event: "REJECTED",
      reason: "INVALID_FORMAT",
      message_template_category: "MARKETING",
      rejection_info: { reason: "The format is invalid.", recommendation: "Correct the variables." },
    }),
  ),
  account(
    "message_template_quality_update",
    () => template({ previous_quality_score: "GREEN", new_quality_score: "YELLOW" }),
    "named",
  ),
  account(
    "message_template_components_update",
    () => template({ message_template_element: "Your cart is waiting." }),
    "named",
  ),
  account(
    "template_category_update",
    (ids) =>
      template({
        previous_category: "UTILITY",
        new_category: "MARKETING",
        correct_category: "MARKETING",
        category_update_timestamp: ids.now,
      }),
    "named",
  ),
  {
    ...account("account_settings_update", (ids) => ({
      messaging_product: "whatsapp",
      timestamp: String(ids.now),
      type: "phone_number_settings",
      phone_number_settings: {
        phone_number_id: ids.phoneNumberId,
        calling: {
          status: "ENABLED",
          call_icon_visibility: "DEFAULT",
          callback_permission_status: "ENABLED",
          call_hours: { status: "DISABLED" },
          sip: { status: "DISABLED" },
        },
      },
    })),
    timed: false,
  },
  account(
    "business_status_update",
    (ids) => ({ business_id: ids.ownerBusinessId, event: "VERIFIED" }),
    "named",
  ),
  account(
    "flows",
    () => ({ event: "FLOW_STATUS_CHANGE", flow_id: "1", old_status: "DRAFT", new_status: "PUBLISHED" }),
    "named",
  ),
  ...[
    "automatic_events",
    "calls",
    "campaign_status_update",
    "consumer_profile",
    "group_lifecycle_update",
    "group_participants_update",
    "group_settings_update",
    "group_status_update",
    "messaging_handovers",
    "tracking_events",
  ].map((field) => messaging(field, () => ({}), "named")),
];

function messaging(
  field: string,
  example: (ids: ExampleIds) => Value,
  shape: WebhookField["shape"] = "seen",
): WebhookField {
  const whole = (ids: ExampleIds): Value => ({ ...metadata(ids), ...example(ids) });
  return { field, shape, entry: "waba", timed: false, example: whole };
}

function account(
  field: string,
  example: (ids: ExampleIds) => Value,
  shape: WebhookField["shape"] = "seen",
): WebhookField {
  return { field, shape, entry: "waba", timed: true, example };
}

export const FIELD_TABLE: readonly WebhookField[] = [
  {
    field: "account_update",
    shape: "seen",
    entry: "portfolio",
    timed: true,
    example: (ids) => (ACCOUNT_EVENTS[0] as AccountEvent).example(ids),
  },
  ...OTHER_FIELDS,
];

export const WEBHOOK_FIELDS: readonly string[] = FIELD_TABLE.map((row) => row.field);
