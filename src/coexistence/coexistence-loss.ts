/**
 * Who disconnected a number of the WhatsApp Business app, by the reason: Meta's `initiated_by` of each
 * `disconnection_info` (account_update reference). That a ban comes with SYSTEM is inferred.
 */
export const COEXISTENCE_LOSSES = {
  coexistence_disconnected: "client",
  coexistence_device_logged_out: "client",
  coexistence_banned: "meta",
  coexistence_primary_inactivity: "meta",
  coexistence_companion_inactivity: "meta",
  coexistence_business_downgrade: "client",
  coexistence_number_changed: "client",
  coexistence_re_registered: "client",
} as const satisfies Record<string, "client" | "meta">;

export type CoexistenceLoss = keyof typeof COEXISTENCE_LOSSES;

/**
 * The reason as one of the eight; null for an unknown reason of Meta, which is shown as sent with nothing
 * added.
 */
export function coexistenceLossOf(reason: string | null): CoexistenceLoss | null {
  return reason !== null && Object.hasOwn(COEXISTENCE_LOSSES, reason) ? (reason as CoexistenceLoss) : null;
}
