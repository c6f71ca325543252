/**
 * What each kind of node shows. Source: Meta's generated API specification (2026-04) and the phone number
 * pages (2026-08).
 */
import type { Business, PhoneNumber, SystemUser, Waba, World } from "../world/world.ts";
import { numbersOf } from "../world/world.ts";
import { partnersOnly } from "./errors.ts";
import type { NodeType } from "./fields.ts";
import { projectionOf } from "./fields.ts";
import { healthOfNumber, healthOfWaba } from "./health.ts";
import { pageOf } from "./paging.ts";

/** What Meta calls each kind of node in its refusals. */
export const NODE_NAMES = {
  app: "Application",
  business: "Business",
  waba: "WhatsAppBusinessAccount",
  phone_number: "WhatsAppBusinessPhoneNumber",
  system_user: "SystemUser",
} as const;

export type NodeKind = keyof typeof NODE_NAMES;

/** Meta writes instants as `2026-01-05T09:00:00+0000`. */
function graphTimeOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "+0000");
}

/** What a Tech Provider is refused; `owner_business_info` is named by fewer reports than the other. */
const PARTNERS_ONLY = ["primary_funding_id", "owner_business_info"];

export function wabaTypeOf(world: World, now: number): NodeType<Waba> {
  return {
    name: NODE_NAMES.waba,
    ...(world.knobs.provider_kind === "tech_provider" && {
      refused: { names: PARTNERS_ONLY, refusal: partnersOnly },
    }),
    defaults: ["id", "name", "currency", "timezone_id", "message_template_namespace"],
    fields: {
      id: (waba) => waba.id,
      name: (waba) => waba.name,
      currency: (waba) => waba.currency,
      timezone_id: (waba) => waba.timezoneId,
      message_template_namespace: (waba) => waba.templateNamespace,
      account_review_status: () => "APPROVED",
      business_verification_status: (waba) => verificationOf(world.businesses[waba.businessId]),
      country: (waba) => waba.country,
      creation_time: (waba) => Math.floor(waba.createdAt / 1000),
      health_status: (waba) => healthOfWaba(world, waba, now),
      is_enabled_for_insights: () => true,
      is_shared_with_partners: (waba) => Object.keys(waba.partners).length > 0,
      marketing_messages_lite_api_status: () => "ELIGIBLE",
      on_behalf_of_business_info: () => undefined,
      owner_business: (waba) => ownerOf(world, waba),
      owner_business_info: (waba) => ownerOf(world, waba),
      ownership_type: () => "CLIENT_OWNED",
      // Left out, as Meta leaves out what is empty: no id, no payment method (share a credit line, AME-MSG).
      primary_funding_id: (waba) => (waba.fundingId === null ? undefined : `63${waba.id.slice(2)}`),
      status: (waba) => waba.status,
      whatsapp_business_manager_messaging_limit: () => "TIER_2K",
    },
    edges: {
      phone_numbers: (waba, field) =>
        pageOf(numbersOf(world, waba), field.modifiers, (number) =>
          projectionOf(numberTypeOf(world, now), number, field.fields),
        ),
    },
    notEmulated: [
      "analytics",
      "auth_international_rate_eligibility",
      "disable_marketing_messages_on_cloud_api",
      "linked_commerce_account",
      "marketing_messages_ad_account",
      "marketing_messages_onboarding_status",
      "primary_business_location",
      "purchase_order_number",
      "template_auto_archival_enabled",
    ],
  };
}

function ownerOf(world: World, waba: Waba): { name: string; id: string } {
  return { name: world.businesses[waba.businessId]?.name ?? "", id: waba.businessId };
}

function verificationOf(business: Business | undefined): string {
  return business?.verified ? "verified" : "not_verified";
}

export function numberTypeOf(world: World, now: number): NodeType<PhoneNumber> {
  return {
    name: NODE_NAMES.phone_number,
    defaults: [
      "verified_name",
      "code_verification_status",
      "display_phone_number",
      "quality_rating",
      "platform_type",
      "throughput",
      "last_onboarded_time",
      "webhook_configuration",
    ],
    fields: {
      id: (number) => number.id,
      verified_name: (number) => number.verifiedName,
      display_phone_number: (number) => number.displayPhoneNumber,
      status: (number) => number.status,
      quality_rating: (number) => number.qualityRating,
      quality_score: (number) => ({ score: number.qualityRating }),
      webhook_configuration: (number) => webhookConfigurationOf(world, number),
      name_status: (number) => number.nameStatus ?? "APPROVED",
      new_name_status: () => "NONE",
      code_verification_status: (number) => number.verification,
      account_mode: () => "LIVE",
      is_on_biz_app: (number) => number.app?.onBusinessApp ?? false,
      is_official_business_account: () => false,
      is_pin_enabled: (number) => number.pin !== "",
      is_preverified_number: () => false,
      search_visibility: () => "VISIBLE",
      platform_type: (number) => (number.registered ? "CLOUD_API" : "NOT_APPLICABLE"),
      // Coexistence is fixed at 20 messages a second; Meta still calls its level standard.
      throughput: (number) => ({ level: number.registered ? "STANDARD" : "NOT_APPLICABLE" }),
      health_status: (number) => healthOfNumber(world, number, now),
      last_onboarded_time: (number) => graphTimeOf(number.lastOnboardedAt),
      country_code: () => "US",
      country_dial_code: () => "1",
      whatsapp_business_manager_messaging_limit: () => "TIER_2K",
    },
    edges: {
      whatsapp_commerce_settings: (number) => ({ data: commerceOf(number) }),
    },
    notEmulated: [
      "certificate",
      "new_certificate",
      "conversational_automation",
      "eligibility_for_api_business_global_search",
      "username",
    ],
  };
}

export function commerceOf(number: PhoneNumber): Record<string, unknown>[] {
  const settings = number.commerce;
  if (!settings) return [];
  const { isCartEnabled, isCatalogVisible } = settings;
  return [
    { id: `64${number.id.slice(2)}`, is_cart_enabled: isCartEnabled, is_catalog_visible: isCatalogVisible },
  ];
}

function webhookConfigurationOf(world: World, number: PhoneNumber): Record<string, string> {
  const app = world.apps[world.identity.appId];
  const waba = world.wabas[number.wabaId]?.subscriptions[world.identity.appId]?.overrideCallbackUri;
  return {
    ...(number.overrideCallbackUri && { phone_number: number.overrideCallbackUri }),
    ...(waba && { whatsapp_business_account: waba }),
    ...(app?.callbackUrl && { application: app.callbackUrl }),
  };
}

export function businessType(): NodeType<Business> {
  return {
    name: NODE_NAMES.business,
    defaults: ["id", "name"],
    fields: {
      id: (business) => business.id,
      name: (business) => business.name,
      verification_status: (business) => verificationOf(business),
      created_time: (business) => graphTimeOf(business.createdAt),
      timezone_id: () => 1,
      is_hidden: () => false,
    },
    notEmulated: [
      "primary_page",
      "profile_picture_uri",
      "link",
      "two_factor_type",
      "updated_time",
      "vertical",
      "vertical_id",
    ],
  };
}

export function systemUserType(): NodeType<SystemUser> {
  return {
    name: NODE_NAMES.system_user,
    defaults: ["id", "name"],
    fields: { id: (user) => user.id, name: (user) => user.name, role: (user) => user.role },
  };
}
