/**
 * The closed list of reasons (docs/reference/rules.md). An unknown reason of Meta is kept and shown as sent:
 * `meta:THE_WORD`. `who` must act, unless the status row says otherwise. The sentences for people stand in
 * src/messages.
 */
export const REASONS = {
  partner_removed: { who: "client" },
  partial_control: { who: "client" },
  app_uninstalled: { who: "client" },
  waba_deleted: { who: "client" },
  taken_over: { who: "client" },
  unspecified: { who: "client" },
  coexistence_disconnected: { who: "client" },
  coexistence_device_logged_out: { who: "client" },
  coexistence_banned: { who: "client" },
  coexistence_primary_inactivity: { who: "client" },
  coexistence_companion_inactivity: { who: "client" },
  coexistence_business_downgrade: { who: "client" },
  coexistence_number_changed: { who: "client" },
  coexistence_re_registered: { who: "client" },
  meta_unreachable: { who: "meta" },
  throttled: { who: "provider" },
  provider_token_invalid: { who: "provider" },
  request_refused: { who: "provider" },
  not_yet_proven: { who: "provider" },
  not_proven_while_observing: { who: "provider" },
  meta_restricted: { who: "client" },
  meta_disabled: { who: "client" },
  companion_offboarded: { who: "meta" },
  companion_not_restored: { who: "client" },
  number_deregistered: { who: "provider" },
  number_deleted: { who: "client" },
  no_numbers: { who: "client" },
  subscription_missing: { who: "provider" },
  not_adopted: { who: "provider" },
  closed_by_operator: { who: "provider" },
} as const satisfies Record<string, { who: WhoMustAct }>;

/**
 * Meta's role of a system user that reaches only what it was assigned. It is the text of a
 * `provider_token_invalid` that only we can repair.
 */
export const EMPLOYEE = "EMPLOYEE";

/** Meta answered, but in observe mode nothing can prove full control, because the proof is a write. */
export const NOT_PROVEN_WHILE_OBSERVING = "not_proven_while_observing";

export type Reason = keyof typeof REASONS;
export type WhoMustAct = "client" | "provider" | "meta" | "nobody";

export function isKnownReason(reason: string): reason is Reason {
  return Object.hasOwn(REASONS, reason);
}

/** Found by probing alone: any event is more specific. */
const GENERAL = new Set<string>(["unspecified", "partial_control"]);

/**
 * Whether an event has named the cause. Neither a general reason nor a later event replaces it within one
 * loss.
 */
export function isSpecific(reason: string): boolean {
  return !GENERAL.has(reason);
}

/**
 * Meta's `disconnection_info` as our reason. Source: account_update reference.
 */
export function coexistenceReasonOf(reason: string | null, initiatedBy: string | null): string {
  switch (reason) {
    case null:
      return "unspecified";
    case "ACCOUNT_DISCONNECTED":
      return initiatedBy === "SYSTEM" ? "coexistence_banned" : "coexistence_disconnected";
    case "DEVICE_LOGGED_OUT":
      return "coexistence_device_logged_out";
    case "PRIMARY_INACTIVITY":
      return "coexistence_primary_inactivity";
    case "COMPANION_INACTIVITY":
      return "coexistence_companion_inactivity";
    case "BUSINESS_DOWNGRADE":
      return "coexistence_business_downgrade";
    case "CHANGE_NUMBER":
      return "coexistence_number_changed";
    case "USER_RE_REGISTERED":
      return "coexistence_re_registered";
    default:
      return `meta:${reason}`;
  }
}
