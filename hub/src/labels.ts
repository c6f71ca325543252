import type { Actor, Kind, TimelineEntry } from "./api/types.ts";

export const actorLabels: Record<Actor, string> = {
  client: "Client",
  provider: "Us",
  meta: "Meta",
  nobody: "Nobody",
};

export const appActivityLabels = { fresh: "Recently", due_soon: "Due soon", overdue: "Overdue" };

export const kindLabels: Record<Kind, string> = {
  platform: "Platform",
  coexistence: "Coexistence",
  unknown: "Not known yet",
};

export const statusLabels: Record<string, string> = {
  permission_removed: "BSP PERMISSION REMOVED",
  disconnected: "NUMBER DISCONNECTED",
  disabled: "DISABLED",
  reconnecting: "RECONNECTING",
  onboarding: "ONBOARDING",
  unknown: "CHECKING",
  discovered: "FOUND, NOT ADOPTED",
  closed: "CLOSED BY OPERATOR",
  offboarded: "OFFBOARDED",
  live: "LIVE",
};

/** A short label per reason; the constant itself is one click away. */
export const reasonLabels: Record<string, string> = {
  partner_removed: "The client removed our access",
  partial_control: "Full control is missing",
  app_uninstalled: "The client removed our app",
  waba_deleted: "The WABA was deleted",
  taken_over: "Another partner took it over",
  unspecified: "Meta did not say why",
  coexistence_disconnected: "Disconnected in the Business app",
  coexistence_device_logged_out: "The phone was logged out",
  coexistence_banned: "Banned in the Business app",
  coexistence_primary_inactivity: "The phone was not used for too long",
  coexistence_companion_inactivity: "Our link was not used for too long",
  coexistence_business_downgrade: "Moved back to the consumer app",
  coexistence_number_changed: "The number was changed in the app",
  coexistence_re_registered: "The number was registered again",
  meta_unreachable: "Meta does not answer",
  throttled: "Meta limits our requests",
  provider_token_invalid: "Our own access token is invalid",
  request_refused: "Meta refuses our request",
  not_yet_proven: "Not proven yet",
  not_proven_while_observing: "Full control cannot be proven in observe mode",
  meta_restricted: "Restricted by Meta",
  meta_disabled: "Disabled by Meta",
  companion_offboarded: "The app link is being restored",
  companion_not_restored: "The app link was not restored",
  number_deregistered: "The number is not registered",
  number_deleted: "The number was deleted",
  no_numbers: "No number yet",
  not_adopted: "Shared with us, not adopted",
  closed_by_operator: "Stopped by an operator",
};

/** A new value of Meta's comes as `meta:THE_VALUE` and is shown as sent. */
export function reasonLabelOf(reason: string | null | undefined): string {
  if (!reason) return "";
  if (reason.startsWith("meta:")) return `Meta says: ${reason.slice(5)}`;
  return reasonLabels[reason] ?? sentenceOf(reason);
}

export const conditionLabels: Record<string, string> = {
  Shared: "Shared with us",
  FullControl: "Full control",
  TokenValid: "Access token works",
  WebhookSubscribed: "Webhooks reach us",
  AppInstalled: "Our app is installed",
  MessagingAllowed: "Meta allows messaging",
  Ready: "Everything in order",
  NumberConnected: "Number connected",
  CompanionLinked: "Linked to the Business app",
};

export const truthLabels = { True: "Yes", False: "No", Unknown: "Not known" } as const;

export const sourceLabels: Record<string, string> = {
  event: "Meta's webhook",
  probe: "A probe of Meta",
  sweep: "The regular sweep",
  check: "Check now",
  send: "A sent message",
  operator: "An operator",
  import: "The import",
  system: "Sharekeeper",
  signup: "A finished signup",
  none: "Nothing yet",
};

export const timelineKindLabels: Record<TimelineEntry["kind"], string> = {
  hint: "Webhook",
  probe: "Check",
  transition: "Status",
  command: "Action",
};

/** In the order people ask for them. */
export const profileLabels: Record<string, string> = {
  status: "Status at Meta",
  quality_rating: "Quality",
  throughput: "Throughput",
  platform_type: "Runs on",
  is_on_biz_app: "Used in the Business app",
  name_status: "Name",
  code_verification_status: "Verification",
  account_mode: "Account mode",
};

/** Values of Meta's that would read oddly in lower case. */
export const profileWords: Record<string, string> = {
  CLOUD_API: "Cloud API",
  ON_PREMISE: "On-premises API",
  NOT_APPLICABLE: "Not applicable",
};

/** "some_constant" as plain text, for values that are not in these tables yet. */
export const sentenceOf = (constant: string): string => {
  const text = constant.replaceAll("_", " ").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
};

/**
 * The dialog's screens, by the names that Meta reports (embedded-signup/errors); others are shown as sent.
 */
const screenLabels: Record<string, string> = {
  BUSINESS_ACCOUNT_SELECTION: "Portfolio selection",
  WABA_PHONE_PROFILE_PICKER: "Account selection",
  WHATSAPP_BUSINESS_PROFILE_SETUP: "Account setup",
  PHONE_NUMBER_SETUP: "Phone number",
  PHONE_NUMBER_VERIFICATION: "Verification code",
  PERMISSIONS: "Permissions",
};

export const screenLabelOf = (step: string): string => screenLabels[step] ?? step;

/** How an attempt ended, as operators say it: the API's titles are for the client. */
const outcomeLabels: Record<string, string> = {
  finished: "Finished",
  login_cancelled: "Closed Meta's sign-in",
  left: "Left before the end",
  popup_blocked: "Browser blocked the window",
  sdk_blocked: "Meta's script was blocked",
  timed_out: "The window did not answer",
  finished_without_code: "Finished, Meta's code did not arrive",
  code_expired: "Meta's code came too late",
  code_used: "Meta's code was used already",
  exchange_failed: "Meta refused its own code",
  wrong_waba: "Chose another WABA",
  wrong_number: "Chose another number",
  wrong_business: "Chose another portfolio",
  not_granted: "Gave no access to the WABA",
  not_told: "Meta did not say what was chosen",
  already_shared: "Shared with another partner",
  cannot_share: "Meta does not allow sharing this WABA",
  not_yours: "Signed in as someone else",
  provider_unverified: "We must be verified first",
  same_provider: "Shared with us already",
  taken_over: "Taken over by another partner",
  wait_15_minutes: "Meta asks to wait 15 minutes",
  number_registered: "The number is registered elsewhere",
  number_elsewhere: "The number belongs to another WABA",
  not_eligible: "The number is not eligible",
  region: "Not offered in this region",
  app_outdated: "The Business app is too old",
  not_in_app: "The number is not in the Business app",
  limit: "A limit at Meta was reached",
  too_often: "Tried too often",
  restricted: "Restricted by Meta",
  phone_invalid: "The number is not valid",
  verification_code: "The verification code failed",
  two_step_pin: "The PIN was wrong",
  permissions: "Permissions were refused",
  meta_error: "An error at Meta",
  meta_unreachable: "Meta did not answer",
  successor_offered: "Chose a successor",
};

/** `title` is the API's, for what is new. */
export const outcomeLabelOf = (code: string, title: string): string => outcomeLabels[code] ?? title;
