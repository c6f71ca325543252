import type { SignupMessage } from "../../meta/signup-message.ts";
import type { en } from "../../messages/english.ts";

/**
 * How an attempt at Embedded Signup may end without a share. Title, text and next step of each stand in
 * src/messages.
 */
export type ExitReasonCode = keyof typeof en.client_page.exit_reason;

/** The dialog reported its end, and its confirmation code never came: only the share shows the result. */
export const FINISHED_WITHOUT_CODE = "finished_without_code" satisfies ExitReasonCode;

/** Exit reasons that the page itself sees, before an answer from Meta. */
export const PAGE_EXIT_REASONS = ["popup_blocked", "sdk_blocked", "login_cancelled", "timed_out"] as const;

/**
 * Error codes of the dialog by what people must do. Source: embedded-signup/errors (Feb 2026); which codes
 * share one meaning is read from their texts there.
 */
const DIALOG_ERRORS: Partial<Record<ExitReasonCode, readonly string[]>> = {
  already_shared: ["2655049", "2494028"],
  cannot_share: ["2494029", "2494120"],
  not_yours: ["2593072"],
  provider_unverified: ["2494091"],
  same_provider: ["2494119"],
  taken_over: ["2655093"],
  wait_15_minutes: ["3441049", "2655094"],
  number_registered: ["3441030"],
  number_elsewhere: ["3441041"],
  not_eligible: ["3441045"],
  region: ["3441042"],
  app_outdated: ["4563015"],
  not_in_app: ["2655095", "2655048"],
  limit: ["2388098", "2494067", "1690114"],
  too_often: ["3441033", "3441046", "1675004", "1390008"],
  restricted: ["2655089", "3441040", "2388107", "2859015"],
  phone_invalid: ["2388002", "2655011", "3441051"],
  verification_code: ["2593037", "2593039", "2494158", "2388091", "2388093"],
  two_step_pin: ["2859009", "4612001"],
  permissions: ["1349246"],
};

const WAY_OUT_OF_ERROR = new Map(
  Object.entries(DIALOG_ERRORS).flatMap(([exitReason, codes]) =>
    (codes ?? []).map((code) => [code, exitReason as ExitReasonCode] as const),
  ),
);

/** The exit reason in the dialog's message; null when the dialog was finished. */
export function exitReasonOf(
  message: SignupMessage,
): { code: ExitReasonCode; metaMessage: string | null } | null {
  switch (message.kind) {
    case "left":
      return { code: "left", metaMessage: null };
    case "failed": {
      const known = message.code === null ? undefined : WAY_OUT_OF_ERROR.get(message.code);
      const metaMessage =
        [message.code, message.metaMessage].filter((part) => part !== null).join(": ") || null;
      return { code: known ?? "meta_error", metaMessage };
    }
    case "finished":
    case "other":
      return null;
  }
}
